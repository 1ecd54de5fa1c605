/** One sheet for light and dark, wide and narrow. Blue and green are the slots', red is failure and nothing else. */
export const STYLE = `
:root{--paper:#f7f6f2;--card:#fffefb;--ink:#1b1d22;--soft:#5d636e;--faint:#e6e3da;--rule:#dedbd1;
--blue:#2f6fde;--green:#12936a;--bluefill:#bcd3f8;--greenfill:#a9dfc9;--red:#c62f2f;--redfill:#f7d9d6;--good:#12755a;--set:#1b1d22;--step:#e9e6dd;--odd:#dfdbcf}
@media(prefers-color-scheme:dark){:root{--paper:#12141a;--card:#191c24;--ink:#eceef2;--soft:#9aa2b1;--faint:#282d38;--rule:#2c313d;
--blue:#78a9ff;--green:#4fd0a0;--bluefill:#29467a;--greenfill:#1c5a45;--red:#ff7b72;--redfill:#4b2023;--good:#4fd0a0;--set:#f5f6f8;--step:#2a2f3a;--odd:#343a47}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%}
body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.55 Inter,ui-sans-serif,system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",sans-serif;font-variant-numeric:tabular-nums;font-feature-settings:"cv11","ss01"}
main{max-width:1240px;margin:0 auto;padding:48px 28px 64px}
header{margin-bottom:40px}
.eyebrow{display:flex;justify-content:space-between;gap:16px;flex-wrap:wrap;margin:0 0 20px;font-size:13px;color:var(--soft)}
.eyebrow span{font-weight:600;color:var(--ink);letter-spacing:.01em}
h1{font-size:clamp(30px,5vw,54px);line-height:1.06;letter-spacing:-.028em;font-weight:680;margin:0 0 14px;max-width:22ch;text-wrap:balance}
h2{font-size:21px;letter-spacing:-.012em;font-weight:650;margin:0 0 4px}
h3{font-size:16px;font-weight:650;margin:0 0 2px}
.summary{font-size:19px;line-height:1.5;color:var(--soft);margin:0 0 18px;max-width:64ch;text-wrap:pretty}
.verdict{display:inline-block;margin:0 0 28px;padding:4px 13px 5px;border-radius:99px;font-size:14px;font-weight:600;background:color-mix(in srgb,var(--good) 13%,transparent);color:var(--good)}
.verdict.bad{background:var(--redfill);color:var(--red)}
.figures{display:grid;grid-template-columns:repeat(auto-fit,minmax(165px,1fr));gap:1px;margin:0;background:var(--rule);border:1px solid var(--rule);border-radius:14px;overflow:hidden}
.figures div{background:var(--card);padding:16px 20px 18px}
.figures dt{font-size:13px;color:var(--soft)}
.figures dd{margin:2px 0 0;font-size:31px;line-height:1.15;letter-spacing:-.022em;font-weight:640}
.figures small{display:block;font-size:13px;line-height:1.4;letter-spacing:0;font-weight:400;color:var(--soft);margin-top:4px}
.figures .bad dd{color:var(--red)}
section{margin:0 0 44px}
.detail{margin:0 0 14px;color:var(--soft);font-size:14px;max-width:84ch}
.legend{display:flex;gap:18px;margin:0 0 12px;font-size:13px;color:var(--soft)}
.legend span::before{content:"";display:inline-block;width:11px;height:11px;border-radius:3px;margin-right:7px;vertical-align:-1px;background:var(--c)}
.legend .blue{--c:var(--blue)}.legend .green{--c:var(--green)}
.legend .setkey::before{height:0;border-top:2.5px solid var(--set);background:none;width:18px;vertical-align:4px;border-radius:0}
.card{background:var(--card);border:1px solid var(--rule);border-radius:14px;padding:18px 20px}
.wide{overflow-x:auto;-webkit-overflow-scrolling:touch}
.wide>svg{display:block;width:100%;min-width:880px;height:auto}
.wide.small>svg{min-width:300px}
.grid{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,340px),1fr));gap:18px;align-items:start}
h2+.grid{margin-top:14px}
.grid .card{margin:0;min-width:0}
figure{margin:0}
figcaption{margin-bottom:8px;font-size:15px}
figcaption .outcome{display:block;font-size:13px}
.outcome{color:var(--soft)}.outcome.good{color:var(--good)}.outcome.bad{color:var(--red)}
svg text{font-family:inherit;fill:var(--soft);font-size:12px}
svg .panel{font-size:14px;font-weight:650;fill:var(--ink)}
svg .paneldetail{font-size:12px;font-weight:400;fill:var(--soft)}
svg .steplabel{font-size:11.5px;fill:var(--ink)}
svg .setlabel{font-size:12px;font-weight:650;fill:var(--ink)}
svg .momentlabel{font-size:12px;font-weight:600;fill:var(--ink);paint-order:stroke;stroke:var(--card);stroke-width:4px;stroke-linejoin:round}
svg line.gridline{stroke:var(--rule);stroke-dasharray:1 4}
svg line.rule{stroke:var(--rule);opacity:.75}
.area.blue{fill:var(--bluefill)}.area.green{fill:var(--greenfill)}
.set{fill:none;stroke:var(--set);stroke-width:2;stroke-linejoin:round}
.sethalo{fill:none;stroke:var(--card);stroke-width:5;opacity:.6}
.line{fill:none;stroke-width:1.7;stroke-linejoin:round}
.line.blue{stroke:var(--blue)}.line.green{stroke:var(--green)}
.line.faint{stroke-width:1;opacity:.38}
.line.client{stroke:var(--soft);stroke-width:1.2;stroke-dasharray:1.5 3;opacity:.8}
circle.dot{stroke:var(--card);stroke-width:1.2}
circle.dot.blue{fill:var(--blue)}circle.dot.green{fill:var(--green)}
.ribbon{opacity:.5}.ribbon.blue{fill:var(--bluefill)}.ribbon.green{fill:var(--greenfill)}
rect.step{fill:var(--step)}rect.odd{fill:var(--odd)}rect.failed{fill:var(--redfill)}
.bracket{fill:none;stroke:var(--soft);stroke-width:1}
svg .roundlabel{font-size:12.5px;font-weight:600;fill:var(--ink)}
.moment path{fill:none;stroke:var(--ink);stroke-width:1.2;stroke-dasharray:3 3}
.moment.bad path{stroke:var(--red)}svg .moment.bad text{fill:var(--red)}
svg .failed path{fill:var(--red)}
table{border-collapse:collapse;width:100%;font-size:14px}
th{text-align:left;font-weight:500;color:var(--soft);font-size:13px;white-space:nowrap}
th,td{padding:7px 14px 7px 0;border-bottom:1px solid var(--rule);vertical-align:baseline}
tbody tr:last-child td{border-bottom:0}
th.number,.number{text-align:right;white-space:nowrap}
.card th:last-child,.card td:last-child{padding-right:0}
.stages th:nth-child(n+2):nth-child(-n+5){text-align:right}
.stages{max-width:860px}
.group th{padding-top:20px;font-weight:650;font-size:14px;color:var(--ink)}.group span{font-weight:400;color:var(--soft);margin-left:8px}
.note{color:var(--soft);font-size:13px}
td.bad{color:var(--red);font-weight:600}
td i.dot{display:inline-block;width:10px;height:10px;border-radius:50%;margin-right:8px}
i.dot.blue{background:var(--blue)}i.dot.green{background:var(--green)}
.steps{min-width:820px}.steps th:nth-child(3),.steps th:nth-child(4){text-align:right}
.steps td{white-space:nowrap}.steps .note{white-space:normal}
.index{color:var(--soft);width:1%}
.lane{width:26%;padding-left:10px;padding-right:24px}.steps .note{min-width:250px}
.bar{display:block;height:10px;border-radius:3px;background:var(--soft);min-width:2px;vertical-align:middle}
.bar.failed{background:var(--red)}
footer{border-top:1px solid var(--rule);padding-top:22px;color:var(--soft);font-size:14px;max-width:84ch}
footer p{margin:0 0 10px}
@media(max-width:640px){main{padding:28px 16px 48px}.card{padding:14px}.figures{grid-template-columns:1fr 1fr}.figures dd{font-size:25px}.figures div{padding:12px 14px 14px}.figures div:last-child:nth-child(odd){grid-column:1/-1}.summary{font-size:17px}}
@media print{body{background:#fff}.wide{overflow:visible}.card{break-inside:avoid}}
`;
