/** What the page is made from. */
export interface PageParts {
  /** The verifier as one script. */
  readonly script: string;
  /** Answers `sha256-…` of a text, for the page's Content-Security-Policy. */
  readonly hash: (text: string) => string;
}

/** The verifier as one page: it fetches nothing and sends nothing, and its policy forbids both. */
export function pageOf({ script, hash }: PageParts): string {
  const policy = `default-src 'none'; script-src '${hash(script)}'; style-src '${hash(STYLE)}'; img-src data:; base-uri 'none'; form-action 'none'`;
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark"><meta name="referrer" content="no-referrer">
<title>Resetbench: verify a run</title><link rel="icon" href="data:,">
<style>${STYLE}</style></head><body>
<header><h1>Verify a run</h1><p>Is a run of Resetbench what it says it is? This page looks at its folder in your browser: nothing is fetched, and nothing leaves this machine.</p></header>
<main>
<section class="card" aria-label="What is to be verified">
<div id="zone"><p><strong>Drop the folder of the run here</strong></p><p class="dim">It has an <code>events.jsonl</code>, an <code>attestation.intoto.jsonl</code> and a folder <code>evidence</code>.</p><label class="button">Choose the folder<input id="folder" type="file" webkitdirectory></label></div>
<div class="key"><label for="key">Public key of who signed it</label><p class="dim" id="key-help">From them, by a way that you trust; not from the run itself.</p><textarea id="key" rows="3" spellcheck="false" autocomplete="off" aria-describedby="key-help" placeholder="-----BEGIN PUBLIC KEY-----"></textarea><label class="button plain">Choose a file<input id="key-file" type="file" accept=".pub,.pem"></label></div>
<label class="tick"><input id="certification" type="checkbox"> Can it stand for a certificate? A twin never can.</label>
</section>
<p id="status" role="status" class="dim"></p>
<section id="result" aria-label="What it came to"><noscript><p class="alarm">This page needs JavaScript: it does the verifying.</p></noscript></section>
</main>
<footer><p>It checks signatures (DSSE, Ed25519 or ECDSA P-256), the digest of every file, the Merkle root of the evidence, the chain of events, that every pair of a recorder and a requirement is accounted for, and judges each expectation and attempt again. It does not look at what pictures show, and cannot tell whether who signed was honest. <code>resetbench verify</code> does the same, and reads signatures by way of Sigstore too.</p></footer>
<script>${script}</script></body></html>
`;
}

const STYLE = `
:root{color-scheme:light dark;
--bg:light-dark(#f4f6f8,#0e1318);--card:light-dark(#fff,#161d25);--ink:light-dark(#14202b,#e7edf3);--dim:light-dark(#55636f,#9fadba);--line:light-dark(#dbe1e7,#2b3642);--soft:light-dark(#eef1f4,#1d262f);--accent:light-dark(#0b5cad,#74b5f5);
--good:light-dark(#0d6b3d,#6fd49b);--good-bg:light-dark(#dcf1e4,#123423);--bad:light-dark(#b01218,#ff8f8c);--bad-bg:light-dark(#fde4e2,#471719);--open:light-dark(#7d4a00,#f2bd62);--open-bg:light-dark(#fdeecd,#3d2b0b);--odd:light-dark(#6527a8,#c9a0f7);
--mono:ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace}
*{box-sizing:border-box}
body{margin:0;background:var(--bg);color:var(--ink);font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans","Liberation Sans",sans-serif;overflow-wrap:anywhere}
header,main,footer{max-width:960px;margin:0 auto;padding:0 24px}
header{padding-top:32px}h1{font-size:28px;line-height:1.2;letter-spacing:-.02em;margin:0 0 6px}
h2,h3,h4,p,ul{margin:0;padding:0}ul{list-style:none}
h3{font-size:16px;margin:28px 0 10px}
header p,footer p{max-width:76ch}header p,.dim,footer{color:var(--dim)}footer{font-size:13px;padding:28px 24px 40px}
code{font-family:var(--mono);font-size:.9em}
:focus-visible{outline:2px solid var(--accent);outline-offset:2px}h2:focus{outline:none}
.card{background:var(--card);border:1px solid var(--line);border-radius:14px;padding:20px;margin-top:20px;display:grid;gap:20px}
#zone{border:2px dashed var(--line);border-radius:10px;padding:28px 20px;text-align:center;display:grid;gap:6px;justify-items:center}
#zone[data-over]{border-color:var(--accent);background:var(--soft)}
.button{position:relative;display:inline-block;margin-top:8px;padding:7px 16px;border-radius:8px;background:var(--accent);color:var(--card);font-weight:600;cursor:pointer}
.button.plain{background:none;color:inherit;border:1px solid var(--line);font-weight:400;padding:4px 12px}
.button.plain:hover{border-color:var(--dim)}
.button input{position:absolute;inset:0;width:100%;opacity:0;cursor:pointer}
.button:focus-within{outline:2px solid var(--accent);outline-offset:2px}
.key>label:first-child{font-weight:600}
textarea{display:block;width:100%;margin-top:8px;padding:8px 10px;border:1px solid var(--line);border-radius:8px;background:var(--bg);color:inherit;font:13px/1.45 var(--mono);resize:vertical}
textarea[aria-invalid=true]{border-color:var(--bad)}
.tick{display:flex;gap:8px;align-items:baseline}
#status{margin:16px 2px 10px;min-height:1.5em}
.alarm,.outcome{border-radius:12px;padding:16px 20px;background:var(--c-bg);border:1px solid var(--c);color:var(--ink)}
.alarm,[data-s=refused],[data-s=broken]{--c:var(--bad);--c-bg:var(--bad-bg)}
[data-s=verified],[data-s=holds]{--c:var(--good);--c-bg:var(--good-bg)}
[data-s=unproven],[data-s=open]{--c:var(--open);--c-bg:var(--open-bg)}
.outcome h2{color:var(--c);font-size:24px;line-height:1.25;letter-spacing:-.01em}
.recorders{margin-top:14px;display:grid;gap:6px}
.kind{display:inline-block;border:1px solid var(--accent);color:var(--card);background:var(--accent);border-radius:4px;padding:0 6px;font-size:12px;font-weight:600;line-height:18px}
.kind[data-k=twin]{border:1px dashed var(--dim);color:var(--dim);background:none}
.checks{background:var(--card);border:1px solid var(--line);border-radius:12px;overflow:hidden}
.checks>li{display:grid;grid-template-columns:28px minmax(0,1fr);gap:10px;padding:12px 16px}
.checks>li+li{border-top:1px solid var(--line)}
.mark{width:24px;height:24px;border-radius:50%;display:grid;place-items:center;background:var(--c-bg);color:var(--c);font-weight:700;font-size:14px}
h4{font-size:15px}.word{font-weight:500;font-size:13px;color:var(--c);margin-left:8px}
.problems{margin-top:8px;border-left:3px solid var(--bad);padding-left:12px;display:grid;gap:6px}
em{color:var(--dim);font-style:normal}
details{margin-top:6px;color:var(--dim);font-size:14px}summary{cursor:pointer}details li{padding:4px 0 0 16px}
.wide{overflow-x:auto;background:var(--card);border:1px solid var(--line);border-radius:12px}
table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}th,td{padding:8px 12px;text-align:right;white-space:nowrap}
th:first-child{text-align:left}thead th{color:var(--dim);font-weight:500;font-size:13px}tbody tr{border-top:1px solid var(--line)}
.others{margin-top:12px;display:grid;gap:6px}
.verdict{display:inline-block;min-width:52px;font-weight:600;color:var(--odd)}.verdict[data-v=fail]{color:var(--bad)}.verdict[data-v=inconc],.verdict[data-v=none]{color:var(--open)}
#result>.dim{margin-top:16px;font-size:13.5px}
@media (max-width:600px){header,main{padding-left:16px;padding-right:16px}.card{padding:14px}#zone{padding:20px 12px}.checks>li{padding:12px}footer{padding:24px 16px 32px}}
`.trim();
