/** The page's style. One palette in light and dark by `light-dark()`; the theme button sets `color-scheme`. */
export function pageStyle(): string {
  return [PALETTE, FRAME, HEAD, TABLES, CASE, SMALL].join('\n');
}

const PALETTE = `
:root{color-scheme:light dark;
--bg:light-dark(#f4f6f8,#0e1318);--card:light-dark(#fff,#161d25);--ink:light-dark(#14202b,#e7edf3);--dim:light-dark(#55636f,#9fadba);--line:light-dark(#dbe1e7,#2b3642);--soft:light-dark(#eef1f4,#1d262f);--accent:light-dark(#0b5cad,#74b5f5);
--pass:light-dark(#0d6b3d,#6fd49b);--pass-bg:light-dark(#dcf1e4,#123423);
--fail:light-dark(#b01218,#ff8f8c);--fail-bg:light-dark(#fde4e2,#471719);--fail-on:light-dark(#c2191f,#d8383c);
--inconc:light-dark(#875000,#f2bd62);--inconc-bg:light-dark(#fdeecd,#3d2b0b);--inconc-on:light-dark(#9a5c00,#a86a0c);
--error:light-dark(#6527a8,#c9a0f7);--error-bg:light-dark(#efe4fb,#301a4a);--error-on:light-dark(#7332b8,#8649cc);
--none:light-dark(#3d4b58,#c3ced8);--none-bg:light-dark(#e1e6ea,#2b3641);
--radius:10px;--shadow:0 1px 2px light-dark(#10203018,#0006);
--mono:ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace}
:root[data-theme=light]{color-scheme:light}:root[data-theme=dark]{color-scheme:dark}
[data-s=pass]{--c:var(--pass);--b:var(--pass-bg);--o:var(--pass)}
[data-s=fail]{--c:var(--fail);--b:var(--fail-bg);--o:var(--fail-on)}
[data-s=inconc]{--c:var(--inconc);--b:var(--inconc-bg);--o:var(--inconc-on)}
[data-s=error]{--c:var(--error);--b:var(--error-bg);--o:var(--error-on)}
[data-s=none]{--c:var(--none);--b:var(--none-bg);--o:var(--none)}
[data-s=not-applicable],[data-s=no-case],[data-s=not-selected],[data-s=not-reached]{--c:var(--dim);--b:transparent;--o:var(--line)}`;

const FRAME = `
*{box-sizing:border-box}
html{scroll-padding-top:128px;-webkit-text-size-adjust:100%}
body{margin:0;background:var(--bg);color:var(--ink);font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans","Liberation Sans",sans-serif}
main{max-width:1600px;margin:0 auto;padding:20px 28px 8px}
h1,h2,h3,h4,p,dl,dd,ul,ol,figure,pre,fieldset{margin:0;padding:0}
ul,ol{list-style:none}fieldset{border:0;min-width:0}
h2{font-size:20px;line-height:1.3;letter-spacing:-.01em;margin:36px 0 12px}h3{font-size:15px;margin:24px 0 8px}
a{color:var(--accent)}:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
.mono,kbd{font-family:var(--mono);font-size:.92em}.dim{color:var(--dim)}.small{font-size:12.5px}.whole{white-space:nowrap}p.small+.wide{margin-top:10px}
.hidden{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}[hidden]{display:none!important}
.sheet{position:absolute;width:0;height:0}
.i{width:1em;height:1em;fill:none;stroke:currentColor;stroke-width:2;stroke-linecap:round;stroke-linejoin:round;flex:none;vertical-align:-.14em}
kbd{border:1px solid var(--line);border-radius:4px;padding:0 5px;font-size:12px;color:var(--dim);background:var(--card)}
button,input,select{font:inherit;color:inherit}
.plain{white-space:nowrap;flex:none;background:var(--card);border:1px solid var(--line);border-radius:7px;padding:4px 12px;cursor:pointer}.plain:hover{border-color:var(--dim)}
.badge{display:inline-flex;align-items:center;gap:5px;color:var(--c);background:var(--b);border-radius:99px;padding:1px 10px 1px 8px;font-size:13px;font-weight:600;white-space:nowrap;border:1px solid transparent}
.badge[data-s^=no-],.badge[data-s^=not-]{border-color:var(--line);font-weight:500}
.flakymark,.expectedmark{border:1px solid var(--line);color:var(--ink);font-weight:500}.expectedmark[data-o=absent],.expectedmark[data-o=past]{border-color:var(--ink);font-weight:700}
.expectedline{margin-top:6px}.why.known{border:1px solid var(--dim);border-left-width:6px;background:var(--soft)}
.kind{display:inline-block;border-radius:4px;padding:0 6px;font:600 11.5px/18px system-ui,sans-serif;vertical-align:1px;white-space:nowrap;letter-spacing:.02em}
.twin{border:1px dashed var(--dim);color:var(--dim)}.hardware{border:1px solid var(--accent);color:var(--card);background:var(--accent)}
.domain{border:1px solid var(--c,var(--dim));color:var(--c,var(--ink));border-radius:4px;padding:0 6px;font-size:12.5px;font-weight:600;white-space:nowrap}
.count{color:var(--dim);font-weight:500;font-size:.8em;margin-left:4px}
.empty{color:var(--dim);padding:14px 0}
.skip{position:absolute;left:-999px;top:0;z-index:20;background:var(--card);padding:8px 16px}.skip:focus{left:8px;top:8px}
.top{position:sticky;top:0;z-index:10;display:flex;align-items:center;gap:16px;height:52px;padding:0 28px;background:var(--card);border-bottom:1px solid var(--line)}
.brand{font-weight:700;letter-spacing:-.01em}.run{color:var(--dim);overflow:hidden;text-overflow:ellipsis;white-space:nowrap;min-width:0}
.links{display:flex;gap:18px;margin-left:auto;font-size:14px}.links a{text-decoration:none;color:var(--ink)}.links a:hover{color:var(--accent);text-decoration:underline}
.foot{max-width:1600px;margin:0 auto;padding:20px 28px 40px;color:var(--dim);font-size:13px}.foot p{max-width:110ch;margin-top:6px}`;

const HEAD = `
.hero{background:var(--card);border:1px solid var(--line);border-radius:14px;box-shadow:var(--shadow);padding:24px 28px}
.verdict{display:flex;gap:20px;align-items:center}.verdict h1{font-size:32px;line-height:1.15;letter-spacing:-.02em;color:var(--c)}
.seal{display:grid;place-items:center;width:64px;height:64px;border-radius:50%;background:var(--o);color:light-dark(#fff,#fff);font-size:34px;flex:none}
.verdict[data-s=pass] .seal,.verdict[data-s=none] .seal{color:var(--card)}
.over{font-size:13px;color:var(--dim)}
.banner{margin-top:18px;border-radius:8px;padding:10px 14px;border:1px solid var(--line);background:var(--soft)}
.cut{border-color:var(--inconc);background:var(--inconc-bg);color:var(--inconc)}.twins{border-style:dashed;border-color:var(--dim)}
.facts{display:grid;grid-template-columns:repeat(auto-fit,minmax(172px,1fr));gap:12px 24px;margin-top:20px}
dt{color:var(--dim);font-size:12.5px}.coverage{margin-top:18px;color:var(--dim)}.coverage strong{color:var(--ink)}
.tiles{display:flex;flex-wrap:wrap;gap:10px;margin-top:14px}
.tiles li{flex:1 1 118px;max-width:190px;border:1px solid var(--line);border-radius:var(--radius);padding:10px 14px;display:grid;gap:2px;justify-items:start}
.tiles .n{font-size:26px;font-weight:650;line-height:1.2;font-variant-numeric:tabular-nums;padding-left:2px}
.filter{position:sticky;top:52px;z-index:9;display:flex;flex-wrap:wrap;align-items:center;gap:8px 14px;margin:20px -28px 0;padding:10px 28px;background:var(--bg);border-bottom:1px solid transparent}
.filter.active{border-bottom-color:var(--line)}
.filter label{display:flex;align-items:center;gap:7px;font-size:14px}
.filter input,.filter select{height:34px;border:1px solid light-dark(#8a97a3,#5c6b79);border-radius:7px;background:var(--card);padding:0 10px}
.search{position:relative}.search input{width:270px;padding-right:34px}.search kbd{position:absolute;right:9px}
.filter select{max-width:200px}.filter fieldset{display:flex;flex-wrap:wrap;gap:6px}
.chip{white-space:nowrap;display:inline-flex;align-items:center;gap:5px;height:30px;border:1px solid var(--line);border-radius:99px;background:var(--card);color:var(--c);padding:0 11px;font-size:13px;cursor:pointer}.chip:hover{border-color:var(--c)}
.chip[aria-pressed=true]{background:var(--ink);color:var(--bg);border-color:var(--ink)}.chip b{font-variant-numeric:tabular-nums}
#shown{font-size:13.5px;color:var(--dim)}.filter:not(.active) #clear{visibility:hidden}
.attention{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,430px),1fr));gap:12px}
.attention li{display:grid}
.attention a{display:grid;gap:5px;align-content:start;color:inherit;text-decoration:none;background:var(--card);border:1px solid var(--line);border-left:5px solid var(--o);border-radius:var(--radius);padding:12px 16px;box-shadow:var(--shadow);min-width:0}
.attention a:hover{border-color:var(--o)}.what{display:flex;flex-wrap:wrap;gap:4px 7px;align-items:center}
.title{font-weight:600;line-height:1.35}.diff{display:grid;gap:2px;font-size:13.5px;color:var(--dim);overflow-wrap:anywhere}.diff>span{display:-webkit-box;-webkit-box-orient:vertical;-webkit-line-clamp:3;overflow:hidden}
.diff b{color:var(--ink);font-weight:600;margin-right:4px}`;

const TABLES = `
.scroll{overflow:auto;border:1px solid var(--line);border-radius:var(--radius);background:var(--card);box-shadow:var(--shadow);position:relative}
.grid{max-height:calc(100vh - 150px)}
table{border-collapse:separate;border-spacing:0;width:100%}th{text-align:left;font-weight:600}
.legend{display:flex;flex-wrap:wrap;gap:6px;margin-bottom:12px}.legend .badge{font-size:12.5px}
.matrix thead th{position:sticky;top:0;z-index:3;background:var(--card);border-bottom:1px solid var(--line);vertical-align:bottom;padding:10px 2px 8px;text-align:center;font-weight:500}
.matrix thead .corner{left:0;z-index:4;text-align:left;padding-left:16px;font-weight:600;min-width:380px;width:auto}
.colhead{writing-mode:vertical-rl;transform:rotate(180deg);margin:0 auto 8px;display:inline-block;font-size:12.5px;line-height:1.3;white-space:nowrap}.colhead span{display:block}.colhead .mono{font-weight:650}
.matrix th .kind{display:block;width:max-content;margin:0 auto;font-size:10.5px;padding:0 4px}
.matrix tbody th[scope=row]{position:sticky;left:0;z-index:2;background:var(--card);padding:5px 16px;font-weight:400;font-size:14px;line-height:1.35;border-right:1px solid var(--line);min-width:380px}
.matrix th .mono{font-weight:650}.rk{color:var(--dim);font-size:12px;white-space:nowrap;margin-left:4px}
.matrix .section th{padding:14px 0 5px;background:var(--card);font-size:13px;color:var(--dim);border-bottom:1px solid var(--line)}.section span{position:sticky;left:16px}
.matrix td{padding:2px;text-align:center;width:62px;min-width:46px}
.matrix tr[data-req]:hover th,.matrix tr[data-req]:hover td{background:var(--soft)}
.c{position:relative;display:grid;place-items:center;height:30px;border-radius:6px;color:var(--c);background:var(--b);font-size:15px;text-decoration:none}
.c[data-s=fail],.c[data-s=inconc],.c[data-s=error]{background:var(--o);color:#fff;font-size:17px}
.c[data-s^=no-],.c[data-s^=not-]{color:light-dark(#74828e,#7d8b98)}
.c[data-s=none]{border:1px dashed var(--none)}
.c:hover{box-shadow:inset 0 0 0 2px var(--c)}.c.off{opacity:.16}
.fl,.ex{position:absolute;top:2px;right:4px;font-size:11px;line-height:1;color:var(--ink)}.ex{right:auto;left:4px}.ex[data-o=absent],.ex[data-o=past]{background:var(--ink);color:var(--card);border-radius:3px;padding:1px}
.recorders th,.recorders td{padding:11px 16px;border-bottom:1px solid var(--line);vertical-align:top}.recorders tr:last-child>*{border-bottom:0}
.recorders thead th{font-size:12.5px;color:var(--dim);padding-block:9px}.results{min-width:340px;width:42%}
.share{display:block;width:100%;height:9px;border-radius:5px;background:var(--soft);overflow:hidden}.share rect{fill:var(--o)}
.counts{display:flex;flex-wrap:wrap;gap:1px 13px;font-size:13px;margin-top:5px}.counts span{color:var(--c);display:inline-flex;align-items:center;gap:4px}
.dutfault{margin-top:7px;padding:7px 11px;border-radius:7px;background:var(--error-bg);font-size:13.5px;overflow-wrap:anywhere}
.gaps{columns:2 420px;column-gap:36px}.gaps li{display:grid;grid-template-columns:54px 1fr;break-inside:avoid;padding:6px 0;border-bottom:1px solid var(--line)}.gaps .dim{font-size:13px;display:block}.gaps{margin-top:8px}`;

const CASE = `
dialog{border:0;padding:0;color:var(--ink);background:var(--card)}dialog::backdrop{background:#0b1016a6}
body:has(dialog[open]){overflow:hidden}
#case{margin:0 0 0 auto;width:min(1080px,100%);max-width:none;height:100dvh;max-height:none;box-shadow:-8px 0 40px #0005}
#case[open]{display:flex;flex-direction:column}
#case-body{overflow:auto;padding:4px 32px 40px;flex:1;overscroll-behavior:contain}#case-body:focus,#case-title:focus{outline:0}
dialog .bar{display:flex;align-items:center;gap:8px;padding:9px 14px;border-bottom:1px solid var(--line);background:var(--card);flex:none}.grow{flex:1;min-width:0}
.crumbs{display:flex;flex-wrap:wrap;gap:5px 8px;align-items:center;margin-top:18px}.ch h2{margin:8px 0 4px;font-size:24px;line-height:1.25;max-width:44em}
.casetitle{color:var(--dim)}.meta{display:flex;flex-wrap:wrap;gap:8px 30px;margin-top:12px}.meta dd{max-width:40ch;overflow-wrap:anywhere}
.why{border:1px solid var(--o);border-left-width:6px;border-radius:var(--radius);background:color-mix(in srgb,var(--b) 55%,transparent);padding:14px 20px 16px;margin-top:20px}
.why h3{margin:0 0 4px;font-size:17px;color:var(--c);display:flex;gap:8px;align-items:center}.reason b{color:var(--c)}.reason{margin-top:6px;overflow-wrap:anywhere}
.versus{display:grid;grid-template-columns:1fr 1fr;gap:12px;margin-top:8px}.versus h4{font-size:12.5px;font-weight:600;color:var(--dim)}
pre{font:13px/1.5 var(--mono);white-space:pre-wrap;overflow-wrap:anywhere;background:var(--soft);border:1px solid var(--line);border-radius:7px;padding:8px 12px;max-height:340px;overflow:auto}
.versus pre{background:var(--card);margin-top:3px}
.fault{margin-top:14px;display:grid;gap:7px}.fault>div{display:grid;grid-template-columns:110px 1fr;gap:12px}.fault dd{overflow-wrap:anywhere}.cure dd{font-weight:600}
.attempt>summary{cursor:pointer;border-top:1px solid var(--line);margin-top:22px;padding-top:4px}.attempt>summary h3{display:inline-flex;gap:9px;align-items:center;margin:12px 0 6px}
.film{display:flex;gap:12px;overflow-x:auto;padding:4px 2px 12px;scroll-snap-type:x proximity}.film>li{flex:0 0 236px;scroll-snap-align:start}
.film button{display:block;width:100%;text-align:left;background:none;border:0;padding:0;cursor:zoom-in}
.film img,.film .missing{display:block;width:236px;height:133px;object-fit:contain;background:#05080b;border:1px solid var(--line);border-radius:7px}.film button:hover img{border-color:var(--accent)}
.pic{position:relative;display:block}.marks{position:absolute;inset:0;width:100%;height:100%;pointer-events:none}
.marks g{color:#34d583}.marks g[data-n=near]{color:#ffb32c}.marks g[data-n=far]{color:#ff6a63}
.marks rect{fill:none;stroke:currentColor;stroke-width:2px;vector-effect:non-scaling-stroke}.marks g:not([data-n=matched]) rect{stroke-dasharray:6 4}
.marks text{fill:currentColor;font:600 1em var(--mono);font-size:inherit;paint-order:stroke;stroke:#000d;stroke-width:.35em;stroke-linejoin:round}.film .marks text{display:none}.film .marks rect{stroke-width:1.2px}.film .marks g:not([data-n=matched]) rect{stroke-dasharray:3 2}
.needles{margin-top:4px;display:grid;gap:2px;font-size:12.5px;line-height:1.35;color:var(--dim)}.needles li{flex:none;display:flex;gap:5px;overflow-wrap:anywhere}.needles span{min-width:0}.needles .i{color:var(--c);margin-top:2px}
.cap{display:block;font-size:13px;line-height:1.35;margin-top:5px;color:var(--dim)}.cap b{color:var(--ink)}
.missing{color:var(--inconc);background:var(--inconc-bg)!important;border:1px dashed var(--inconc)!important;border-radius:7px;padding:8px 12px;font-size:13px;margin-top:5px}
.tl{margin:12px 0 18px;--n:128px;font-size:12.5px;color:var(--dim)}
.tl-lanes{position:relative;border:1px solid var(--line);border-radius:7px;overflow:hidden;background:linear-gradient(to right,var(--line) 1px,transparent 1px) var(--n) 0/calc((100% - var(--n))/4) 100% var(--card)}
.tl-lane{display:grid;grid-template-columns:var(--n) 1fr;align-items:center;cursor:pointer}.tl-lane+.tl-lane{border-top:1px solid var(--soft)}.tl-lane span{padding-left:11px;background:var(--card)}.tl-lane b{font-weight:500;opacity:.75;font-variant-numeric:tabular-nums}
.tl-lane svg{display:block;width:100%;height:19px}.tl-lane path{stroke:var(--accent);stroke-width:9px;vector-effect:non-scaling-stroke;fill:none;opacity:.85}.tl-lane [data-lane=steps] path{stroke:var(--dim);opacity:.55}.tl-lane [data-lane=checks] path{stroke:var(--o);stroke-width:13px;opacity:1}
.tl-bands{position:absolute;top:0;left:var(--n);width:calc(100% - var(--n));height:100%;pointer-events:none}.tl-bands rect{visibility:hidden;fill:var(--accent);opacity:.2}.tl-bands rect.on{visibility:visible}
.tl-axis{display:grid;grid-template-columns:repeat(4,1fr);margin-left:var(--n);font-size:11.5px;padding-top:2px}.shot[aria-pressed=true]{border-color:var(--accent);color:var(--accent)}.line .found{background:var(--soft);border-radius:7px}
.line{margin-top:10px}.line>li{display:grid;grid-template-columns:66px 1fr;gap:14px;position:relative;padding-bottom:13px}
.line>li::before{content:"";position:absolute;left:72px;top:9px;bottom:-9px;width:1px;background:var(--line)}.line>li:last-child::before{display:none}
.line>li::after{content:"";position:absolute;left:69px;top:8px;width:7px;height:7px;border-radius:50%;background:var(--card);box-shadow:0 0 0 2px var(--dim)}
.line .exp::after,.line .bad::after{background:var(--c,var(--error));box-shadow:0 0 0 2px var(--c,var(--error))}
.t{text-align:right;color:var(--dim);padding-right:10px;line-height:24px;white-space:nowrap;font-size:12.5px}.line>li>div{padding-left:6px;min-width:0}
.act{font-weight:600}.exp .i{color:var(--c);margin-right:6px}.exp[data-s=fail] .act{color:var(--c)}.err{color:var(--error);overflow-wrap:anywhere}.es{overflow-wrap:anywhere;font-size:13.5px}
.shot{background:var(--soft);border:1px solid var(--line);border-radius:6px;font-size:12.5px;padding:1px 9px;cursor:zoom-in;margin:0 0 0 6px}.shot:hover{border-color:var(--accent)}
.piece{margin-top:5px;font-size:13.5px}.piece summary{cursor:pointer;color:var(--dim)}.piece summary b{color:var(--ink);font-weight:600}.piece pre{margin:5px 0}
.qr{margin-top:7px;font-size:13px;color:var(--dim)}.qr img{display:block;width:164px;height:auto;image-rendering:pixelated;background:#fff;padding:4px;border:1px solid var(--line);border-radius:7px;margin-bottom:3px}
.measured{width:auto}.measured th,.measured td{padding:3px 20px 3px 0;font-weight:400}.measured td{font-weight:600}
#light{width:min(1960px,98vw);max-width:none;max-height:98dvh;border-radius:10px;background:#0b0f13;color:#e7edf3;color-scheme:dark}
#light .bar{background:#141b22;border-color:#2b3642}#light .grow{text-align:center;font-size:14px;overflow:hidden;text-overflow:ellipsis;white-space:nowrap}
#light-pic{position:relative}#light-image{display:block;margin:0 auto;max-width:100%;width:100%;max-height:calc(98dvh - 56px);object-fit:contain;cursor:zoom-out}`;

const SMALL = `
@media (max-width:1500px){html{scroll-padding-top:168px}}
@media (max-width:1200px){.matrix thead .corner,.matrix tbody th[scope=row]{min-width:300px}}
@media (max-width:760px){
html{scroll-padding-top:64px}body{font-size:14.5px}main{padding:12px 14px}.top{padding:0 14px;gap:10px}.links{display:none}.top #theme{margin-left:auto}.foot{padding:16px 14px 40px}
.hero{padding:18px 16px}.seal{width:48px;height:48px;font-size:26px}.verdict{gap:14px;align-items:flex-start}.verdict h1{font-size:26px}.facts{grid-template-columns:1fr;gap:7px}.facts>div{display:grid;grid-template-columns:112px 1fr}.tiles{display:grid;grid-template-columns:1fr 1fr}.tiles li{max-width:none}
.filter{position:static;margin:14px 0 0;padding:0}.filter label{width:100%}.filter label>.dim{width:64px}.search input,.filter select{width:auto;flex:1;min-width:0;max-width:none}.search kbd{display:none}
.grid{max-height:calc(100vh - 80px)}.matrix thead .corner,.matrix tbody th[scope=row]{min-width:150px;max-width:42vw;padding-inline:10px}.matrix tbody th[scope=row]{font-size:12.5px}.st{display:-webkit-box;-webkit-box-orient:vertical;-webkit-line-clamp:2;overflow:hidden}.rk{display:none}.section span{left:10px}
.c{height:34px}.recorders thead{display:none}.recorders tr{display:block;padding:12px 14px;border-bottom:1px solid var(--line)}.recorders th,.recorders td{display:block;padding:2px 0;border:0;width:auto;min-width:0}.results{min-width:0}
#case-body{padding:0 16px 32px}.ch h2{font-size:20px}.versus{grid-template-columns:1fr}.fault>div{grid-template-columns:1fr;gap:0}.line>li{grid-template-columns:54px 1fr;gap:10px}.line>li::before{left:59px}.line>li::after{left:56px}.t{padding-right:4px}.meta{gap:6px 20px}.tl{--n:92px}.tl-lane span{padding-left:7px}}
@media (prefers-reduced-motion:no-preference){html{scroll-behavior:smooth}}
@media (prefers-contrast:more){:root{--line:var(--dim)}}
@media print{.top,.filter,#case,.skip{display:none!important}.grid{max-height:none;overflow:visible}main{max-width:none;padding:0}.hero,.scroll,.attention a{box-shadow:none;break-inside:avoid}.matrix thead th,.matrix tbody th{position:static!important}*{print-color-adjust:exact}}`;
