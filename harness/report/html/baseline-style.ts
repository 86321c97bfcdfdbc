/** What the page of proposed pictures has beside the style of all pages. */
export function baselineStyle(): string {
  return `
.pictures h1{font-size:26px;letter-spacing:-.02em;margin:8px 0 4px}
.index{display:flex;flex-wrap:wrap;gap:6px 26px;margin-top:14px}.index .badge{font-size:12px}
.proposal{--cut:50%;background:var(--card);border:1px solid var(--line);border-radius:14px;box-shadow:var(--shadow);padding:18px 22px 22px;margin-top:24px;scroll-margin-top:64px}
.proposal h2{margin:0 0 12px;display:flex;flex-wrap:wrap;gap:4px 10px;align-items:center}
.views{display:flex;flex-wrap:wrap;gap:6px;margin-bottom:12px}
.views label{position:relative;cursor:pointer}.views .box{margin-left:auto}
.views input{position:absolute;opacity:0;inset:0;margin:0;cursor:pointer}
.views span{display:block;border:1px solid var(--line);border-radius:7px;padding:3px 12px;font-size:14px;background:var(--card)}
.views input:checked+span{background:var(--ink);color:var(--bg);border-color:var(--ink)}
.views input:focus-visible+span{outline:2px solid var(--accent);outline-offset:2px}
.stage{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,320px),1fr));gap:14px;overflow:auto}
.stage figure{min-width:0}.stage figcaption{font-size:13px;font-weight:600;color:var(--dim);margin-bottom:4px}
.proposal{--x:var(--px);--y:var(--py);--w:var(--pw);--h:var(--ph)}.proposal:has([value=whole]:checked){--x:0;--y:0;--w:var(--sw);--h:var(--sh)}
.frame{overflow:hidden;max-width:calc(var(--w)*1.5px);aspect-ratio:var(--w)/var(--h);background:repeating-conic-gradient(light-dark(#cfd6dc,#2a333c) 0 25%,light-dark(#e6eaee,#1c242c) 0 50%) 0 0/20px 20px}
.frame img{display:block;max-width:none;height:auto;width:calc(100%*var(--sw)/var(--w));margin:calc(-100%*var(--y)/var(--w)) 0 0 calc(-100%*var(--x)/var(--w))}
.stage>figure:only-child{max-width:960px}
.proposal:has([value=full]:checked) .frame{width:calc(var(--w)*1px)}.proposal:has([value=full]:checked) .stage{grid-template-columns:repeat(3,max-content)}
.cut-slider{display:none;align-items:center;gap:12px;margin-bottom:10px;font-size:13px;color:var(--dim)}.cut-slider input{flex:1;max-width:720px;accent-color:var(--accent)}
.proposal:has([value=slider]:checked) .cut-slider{display:flex}
.proposal:has([value=blink]:checked,[value=slider]:checked,[value=difference]:checked) .stage{grid-template-columns:minmax(0,1120px)}
.proposal:has([value=full]:checked):has([value=blink]:checked,[value=slider]:checked,[value=difference]:checked) .stage{grid-template-columns:max-content}
.proposal:has([value=blink]:checked,[value=slider]:checked) .stage figure{grid-area:1/1}
.proposal:has([value=blink]:checked,[value=slider]:checked) .difference,.proposal:has([value=difference]:checked) :is(.approved,.seen){display:none}
.proposal:has([value=slider]:checked) figcaption{visibility:hidden;height:0;margin:0}
.proposal:has([value=slider]:checked) .seen .frame{clip-path:inset(0 0 0 var(--cut))}
.proposal:has([value=slider]:checked) .approved .frame{clip-path:inset(0 calc(100% - var(--cut)) 0 0)}
.proposal:has([value=blink]:checked) .approved{animation:blink 1.6s steps(1) infinite}
.proposal:has([value=blink]:checked) .seen{animation:blink 1.6s steps(1) -.8s infinite}
@keyframes blink{0%{visibility:visible}50%{visibility:hidden}}
@media (prefers-reduced-motion:reduce){
.proposal:has([value=blink]:checked) :is(.approved,.seen){animation:none}
.proposal:has([value=blink]:checked) .approved{visibility:hidden}
.proposal:has([value=blink]:checked) .stage:is(:hover,:focus) .approved{visibility:visible}
.proposal:has([value=blink]:checked) .stage:is(:hover,:focus) .seen{visibility:hidden}}
.known{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,430px),1fr));gap:8px 36px;margin-top:16px;align-items:start}
.known>*{min-width:0}.known h3{margin:6px 0 4px}.known pre{margin-bottom:6px}
.facts-of{font-size:13.5px;table-layout:fixed}.facts-of th,.facts-of td{padding:3px 14px 3px 0;vertical-align:top;font-weight:400;overflow-wrap:anywhere;border-bottom:1px solid var(--line)}
.facts-of thead :is(th,td){font-weight:600}.facts-of tr>:first-child{color:var(--dim);width:104px}
.history{font-size:13.5px;display:grid;gap:4px;overflow-wrap:anywhere}`;
}
