/** What these pages have beside the style of the report. */
export function webStyle(): string {
  return `
h1{font-size:26px;letter-spacing:-.02em;line-height:1.2;margin:8px 0 4px;overflow-wrap:anywhere}
main{min-height:60vh;padding-bottom:56px}main:focus{outline:0}
.lead{color:var(--dim);max-width:80ch}
.places{display:flex;gap:2px;overflow-x:auto;scrollbar-width:none;height:100%}
.places a{display:flex;align-items:center;padding:0 11px;color:var(--ink);text-decoration:none;font-size:14px;white-space:nowrap;border-bottom:2px solid transparent;border-top:2px solid transparent}
.places a:hover{color:var(--accent)}.places [aria-current]{border-bottom-color:var(--accent);font-weight:600}.places a:focus-visible{outline-offset:-3px}
.who{margin-left:auto;display:flex;align-items:center;gap:10px;font-size:14px;flex:none}.who form{display:flex;align-items:center;gap:8px}.who .dim{max-width:16ch;overflow:hidden;text-overflow:ellipsis;white-space:nowrap}
.said{border-color:var(--accent);margin:0 0 14px}.banner summary{cursor:pointer}.banner li{overflow-wrap:anywhere}
.gaplist{margin-top:6px;list-style:disc;padding-left:20px}.gaplist li{overflow-wrap:anywhere}
.sub{display:flex;flex-wrap:wrap;gap:4px 14px;align-items:center;margin-top:4px}
p+.scroll{margin-top:10px}h1 .mono{font-size:1em}
@media (min-width:761px){.cases :is(th,td):nth-child(1){width:11%}.cases :is(th,td):nth-child(2){width:17%}.cases :is(th,td):nth-child(3){width:15%}.cases :is(th,td):nth-child(4){width:21%}}
.card+.small{margin-top:10px}p+.chart{margin-top:10px}
.list{width:100%}.list th,.list td{padding:8px 14px;border-bottom:1px solid var(--line);vertical-align:top;overflow-wrap:anywhere}.list tbody tr:last-child>*{border-bottom:0}
.list thead th{font-size:12.5px;color:var(--dim);white-space:nowrap}.list tbody th{font-weight:400}.list .mono{white-space:nowrap}
.list .num{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}.list tbody tr:hover>*{background:var(--soft)}
.list .reason{margin:0;max-width:70ch;color:var(--dim);font-size:13.5px}
.list .badge+.badge{margin-left:4px}
.tone{color:var(--c)}.mini{display:block;width:150px;height:24px}.mini rect{fill:var(--o)}.mini .bg{fill:var(--soft)}
.chart{display:block;width:100%;height:110px;background:var(--card);border:1px solid var(--line);border-radius:var(--radius)}.chart rect{fill:var(--o)}
.asked{display:flex;flex-wrap:wrap;align-items:end;gap:10px 14px;margin:14px 0}
.asked label{display:grid;gap:2px;font-size:12.5px;color:var(--dim)}.asked input,.asked select{height:34px;border:1px solid light-dark(#8a97a3,#5c6b79);border-radius:7px;background:var(--card);padding:0 10px;font-size:14px;color:var(--ink);min-width:130px;max-width:300px}
.asked button,.go{height:34px;border:1px solid var(--accent);background:var(--accent);color:var(--card);border-radius:7px;padding:0 16px;font-weight:600;cursor:pointer}
.go.no{background:var(--card);color:var(--fail);border-color:var(--fail)}
.pager{display:flex;gap:16px;align-items:center;margin-top:12px}
.card{background:var(--card);border:1px solid var(--line);border-radius:14px;box-shadow:var(--shadow);padding:18px 22px;margin-top:18px;min-width:0}
.card h2,.card h3{margin:0 0 8px}.narrow{max-width:460px}.narrow label{display:grid;gap:4px;margin-top:12px;font-size:14px}.narrow input{height:38px;border:1px solid light-dark(#8a97a3,#5c6b79);border-radius:7px;background:var(--bg);padding:0 10px}.narrow .go{margin-top:16px}
.pictures3{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,300px),1fr));gap:14px}.pictures3 img{display:block;width:100%;height:auto;border:1px solid var(--line);border-radius:7px;background:repeating-conic-gradient(light-dark(#cfd6dc,#2a333c) 0 25%,light-dark(#e6eaee,#1c242c) 0 50%) 0 0/20px 20px}.pictures3 figcaption{font-size:13px;font-weight:600;color:var(--dim);margin-bottom:4px}
.decide{display:flex;flex-wrap:wrap;gap:10px;align-items:end;margin-top:14px}.decide label{display:grid;gap:2px;font-size:12.5px;color:var(--dim);flex:1 1 260px}.decide input{height:34px;border:1px solid light-dark(#8a97a3,#5c6b79);border-radius:7px;background:var(--bg);padding:0 10px;color:var(--ink);font-size:14px}
.livehead{display:flex;flex-wrap:wrap;gap:8px 18px;align-items:center}.pulse{display:inline-flex;align-items:center;gap:7px;font-size:13.5px}.pulse::before{content:"";width:9px;height:9px;border-radius:50%;background:var(--pass)}
.hold{margin-top:12px;display:flex;flex-wrap:wrap;gap:8px 18px}.hold form{display:flex;flex-wrap:wrap;gap:8px;align-items:center}.livehead .counts{margin:0}#live-head .banner{margin-top:10px}
.benches{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,420px),1fr));gap:14px;margin-top:14px}
.benches .card{margin:0;padding:14px 16px;overflow:hidden}.benches h3{display:flex;flex-wrap:wrap;gap:4px 8px;align-items:center}
.benches img{display:block;width:100%;aspect-ratio:16/9;object-fit:contain;background:#05080b;border:1px solid var(--line);border-radius:7px;margin-top:8px}
.benches .noscreen{display:grid;place-items:center;aspect-ratio:16/9;border:1px dashed var(--line);border-radius:7px;color:var(--dim);margin-top:8px;font-size:13.5px}
.now{font-size:14px;margin-top:6px;overflow-wrap:anywhere}.benches pre{max-height:150px;font-size:12px;margin-top:8px}
.feed{font-size:13.5px;display:grid;gap:0;max-height:420px;overflow:auto}.feed li{display:flex;flex-wrap:wrap;gap:4px 9px;align-items:baseline;padding:4px 0;border-bottom:1px solid var(--line);overflow-wrap:anywhere}
.filelinks{display:flex;flex-wrap:wrap;gap:6px 16px;margin-top:12px}
@media (max-width:760px){
.top{flex-wrap:wrap;height:auto;padding:8px 14px 0;gap:4px 10px;position:static}.places{order:3;width:100%;height:42px;margin:0 -6px}.top .who{margin-left:auto}.top #theme{margin-left:0}.who .dim{max-width:9ch}.who .plain{padding:3px 8px;font-size:13px}.who,.who form{gap:6px}
.places a{padding:0 8px}h1{font-size:22px}
.rows thead{display:none}.rows tr{display:block;padding:9px 14px;border-bottom:1px solid var(--line)}.rows tbody tr:last-child{border-bottom:0}.rows tbody :is(th,td){display:block;padding:2px 0;border:0;text-align:left}.rows .num{text-align:left}.rows td[data-l]::before{content:attr(data-l) ": ";color:var(--dim);font-size:12.5px}.rows td:empty{display:none}
.asked label{flex:1 1 140px}.asked input,.asked select{max-width:none;width:100%}.card{padding:14px}.mini{width:100%}}`;
}
