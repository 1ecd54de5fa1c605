/**
 * One sheet for light and dark, wide, narrow and paper. Red is what breaks or can not be taken back, amber what needs
 * somebody; nothing is said by colour alone.
 */
export const STYLE = `
:root{color-scheme:light dark;--paper:#f7f6f2;--card:#fffefb;--ink:#1b1d22;--soft:#5d636e;--rule:#dedbd1;--code:#f1efe8;
--blue:#2f6fde;--green:#12755a;--red:#c62f2f;--redfill:#f9e1de;--amber:#8a5a00;--amberfill:#f8ecd2;--band:#eeebe2}
@media screen and (prefers-color-scheme:dark){:root{--paper:#12141a;--card:#191c24;--ink:#eceef2;--soft:#9aa2b1;--rule:#2c313d;--code:#222631;
--blue:#78a9ff;--green:#4fd0a0;--red:#ff8a80;--redfill:#43211f;--amber:#f0bf62;--amberfill:#3a2d14;--band:#20242e}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%}
body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.55 Inter,ui-sans-serif,system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",sans-serif;font-variant-numeric:tabular-nums;overflow-wrap:anywhere}
main{max-width:1080px;margin:0 auto;padding:48px 28px 64px}
header{margin-bottom:40px}
.eyebrow{display:flex;justify-content:space-between;gap:16px;flex-wrap:wrap;margin:0 0 20px;font-size:13px;color:var(--soft)}
.eyebrow b{font-weight:600;color:var(--ink)}
h1{font-size:clamp(30px,5vw,52px);line-height:1.08;letter-spacing:-.026em;font-weight:680;margin:0 0 14px;max-width:24ch;text-wrap:balance}
h2{font-size:22px;letter-spacing:-.012em;font-weight:650;margin:0 0 4px}
h3{font-size:16px;font-weight:650;margin:26px 0 8px}
h4{font-size:16px;line-height:1.35;font-weight:620;margin:0}
.summary{font-size:19px;line-height:1.5;color:var(--soft);margin:0 0 18px;max-width:66ch;text-wrap:pretty}
.verdict{display:inline-block;margin:0 0 26px;padding:4px 13px 5px;border-radius:99px;font-size:14px;font-weight:600;background:var(--band);color:var(--green)}
.verdict.bad{background:var(--redfill);color:var(--red)}
.verdict.warn{background:var(--amberfill);color:var(--amber)}
.figures{display:grid;grid-template-columns:repeat(auto-fit,minmax(160px,1fr));gap:1px;margin:0;background:var(--rule);border:1px solid var(--rule);border-radius:14px;overflow:hidden}
.figures div{background:var(--card);padding:16px 20px 18px}
.figures dt{font-size:13px;color:var(--soft)}
.figures dd{overflow-wrap:normal;margin:2px 0 0;font-size:26px;line-height:1.18;letter-spacing:-.02em;font-weight:640}
.figures small{display:block;font-size:13px;line-height:1.4;letter-spacing:0;font-weight:400;color:var(--soft);margin-top:4px}
.figures .bad dd{color:var(--red)}
section{margin:0 0 44px}
.detail{margin:0 0 14px;color:var(--soft);font-size:14px;max-width:84ch}
.card{background:var(--card);border:1px solid var(--rule);border-radius:14px;padding:18px 20px;margin:0 0 12px}
.card p{margin:6px 0 0;max-width:84ch}

.wide{overflow-x:auto}.across>svg,.down>svg{display:block;width:100%;height:auto}.down{display:none}
svg text{font-family:inherit;fill:var(--soft);font-size:13px}
svg .stop{font-size:19px;font-weight:660;fill:var(--ink)}
svg .bad{fill:var(--red)}svg .good{fill:var(--green)}
svg .rail{stroke:var(--rule);stroke-width:4;fill:none;stroke-linecap:round}
svg .hop{stroke:var(--blue);stroke-width:4;fill:none}
svg .node{fill:var(--card);stroke:var(--blue);stroke-width:4}
svg .node.from{stroke:var(--soft)}svg .node.last{fill:var(--blue)}
svg .phase{fill:var(--band)}svg .phaselabel{font-weight:620;fill:var(--ink)}
svg .dot{fill:var(--blue)}svg .dot.no{fill:var(--red)}
svg .noreturn{stroke:var(--red);stroke-width:2;stroke-dasharray:5 4}
svg .after{fill:var(--redfill)}
ul.plain{list-style:none;margin:0;padding:0}
.step{display:grid;grid-template-columns:34px 1fr;gap:0 12px}
.step>b{width:34px;height:34px;border-radius:50%;background:var(--band);display:grid;place-items:center;font-size:14px}
.step>div{min-width:0}
.step.noreturn{border:2px solid var(--red)}.step.noreturn>b{background:var(--redfill);color:var(--red)}
.who{font-size:13px;color:var(--soft);margin:1px 0 0}
.flag{display:inline-block;margin:6px 0 0;padding:2px 10px 3px;border-radius:99px;font-size:13px;font-weight:600;background:var(--redfill);color:var(--red)}
.barrier{display:flex;align-items:center;gap:14px;margin:22px 0;color:var(--red);font-size:14px;font-weight:600}
.barrier::before,.barrier::after{content:"";flex:1 0 24px;border-top:2px dashed var(--red)}
.barrier span{max-width:46ch;text-align:center}
dl.says{display:grid;grid-template-columns:92px 1fr;gap:5px 14px;margin:12px 0 0;font-size:14px}
dl.says dt{color:var(--soft)}dl.says dd{margin:0;min-width:0;max-width:84ch}
pre{margin:10px 0 0;padding:11px 14px;border-radius:9px;background:var(--code);font:13px/1.55 ui-monospace,SFMono-Regular,Menlo,Consolas,"Liberation Mono",monospace;white-space:pre-wrap;overflow-wrap:anywhere;tab-size:2}
code{font:.9em ui-monospace,SFMono-Regular,Menlo,Consolas,"Liberation Mono",monospace}
.file{margin:10px 0 0;font-size:13px;color:var(--soft)}.file+pre{margin-top:3px}
.tag{display:inline-block;padding:1px 9px 2px;border-radius:99px;font-size:12.5px;font-weight:600;background:var(--band);color:var(--soft);white-space:nowrap}
.tag.bad{background:var(--redfill);color:var(--red)}.tag.warn{background:var(--amberfill);color:var(--amber)}
.places{margin:9px 0 0;padding:0 0 0 18px;font-size:14px}.places li{margin:2px 0}
.places small,.sources{color:var(--soft);font-size:13px}
.sources{margin:9px 0 0}.sources li{margin:2px 0}
a{color:var(--blue);text-underline-offset:2px}
table{border-collapse:collapse;width:100%;font-size:14px}
th{text-align:left;font-weight:500;color:var(--soft);font-size:13px}
th,td{padding:7px 14px 7px 0;border-bottom:1px solid var(--rule);vertical-align:baseline}
td:first-child{white-space:nowrap;width:1%}
tbody tr:last-child>*{border-bottom:0}
.warn-list .card{border-left:4px solid var(--amber)}
footer{border-top:1px solid var(--rule);padding-top:22px;color:var(--soft);font-size:13px}
footer p{margin:0 0 10px;max-width:84ch}
@media screen and (max-width:640px){.across{display:none}.down{display:block}main{padding:28px 16px 48px}.card{padding:14px}.figures{grid-template-columns:1fr 1fr}.figures dd{font-size:22px}.figures div{padding:12px 14px 14px}.figures div:last-child:nth-child(odd){grid-column:1/-1}.summary{font-size:17px}
dl.says{grid-template-columns:1fr;gap:0}dl.says dd{margin-bottom:8px}.step{grid-template-columns:28px 1fr;gap:0 10px}.step>b{width:28px;height:28px;font-size:13px}}
@media print{body{background:#fff;font-size:13px}main{max-width:none;padding:0}.wide{overflow:visible}.card,.figures{break-inside:avoid}h2,h3{break-after:avoid}pre{border:1px solid var(--rule)}a{color:inherit}}
`;
