/** What the page of two runs has beside the style of all pages. */
export function diffStyle(): string {
  return `
.compare h1{font-size:26px;letter-spacing:-.02em;margin:8px 0 4px}
.index{display:flex;flex-wrap:wrap;gap:6px 26px;margin-top:8px}
.part{background:var(--card);border:1px solid var(--line);border-radius:14px;box-shadow:var(--shadow);padding:18px 22px 22px;margin-top:24px;scroll-margin-top:64px;min-width:0}
.part h2{margin:0 0 12px;overflow-wrap:anywhere}
.sides{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,280px),1fr));gap:12px}
.sides>div{border:1px solid var(--line);border-radius:var(--radius);background:var(--soft);padding:10px 14px;min-width:0;overflow-wrap:anywhere}
.who{font-size:15px}
.list{font-size:13.5px}.list :is(th,td){padding:6px 12px;vertical-align:top;border-bottom:1px solid var(--line);text-align:left;overflow-wrap:anywhere;min-width:84px}
.list tbody th{font-weight:500;width:38%}.list tbody tr:last-child :is(th,td){border-bottom:0}.list thead th{color:var(--dim);font-weight:600;white-space:nowrap}
.part .scroll{box-shadow:none}.part h3{margin:22px 0 8px}.part p+.scroll,.part details .scroll{margin-top:8px}
.below{margin-top:6px}details{margin-top:10px}summary{cursor:pointer;color:var(--accent)}
.left{font-size:13.5px;margin-top:6px;color:var(--dim)}
.pair{margin-top:18px}.pair h4{font-size:14px;margin-bottom:6px;overflow-wrap:anywhere}.pair h4 .dim{font-weight:400}
.three{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,300px),1fr));gap:12px}
.three figure{min-width:0}.three figcaption{font-size:13px;font-weight:600;color:var(--dim);margin-bottom:4px}
.three img{display:block;width:100%;height:auto;border:1px solid var(--line);border-radius:4px;background:repeating-conic-gradient(light-dark(#cfd6dc,#2a333c) 0 25%,light-dark(#e6eaee,#1c242c) 0 50%) 0 0/20px 20px}
@media (max-width:640px){.list{min-width:560px}main.compare{padding:14px 12px}.part{padding:14px}.top{padding:0 14px}}`;
}
