import { PICTURE_STYLE } from './svg.js';

/** The report's only style sheet; the page's policy names its hash, so nothing else can style it. */
export const REPORT_STYLE = `
:root{color-scheme:light dark;--ink:#17212b;--soft:#56636f;--page:#f5f7f9;--card:#fff;--line:#d5dce2;--head:#eef2f5;--accent:#1f5f99;--orphan:#a84f00;--orphan-bg:#fff4e6;--bad:#a3161d;--bad-bg:#fdecec;--good:#17693a;--asked:#5b3fb0}
@media (prefers-color-scheme:dark){:root{--ink:#e3e8ed;--soft:#9daab6;--page:#12171c;--card:#1a2128;--line:#36414b;--head:#222b34;--accent:#7db8ee;--orphan:#ffab57;--orphan-bg:#37291a;--bad:#ff8e8e;--bad-bg:#3a2023;--good:#7fd6a0;--asked:#b7a4ff}}
*{box-sizing:border-box}body{margin:0;background:var(--page);color:var(--ink);font:15px/1.5 system-ui,-apple-system,"Segoe UI",sans-serif}
header .band{padding:28px 40px 14px;background:var(--card);border-bottom:3px solid var(--orphan)}.kicker{margin:0;color:var(--soft);font-size:13px;letter-spacing:.03em}
h1{margin:4px 0;font-size:28px;line-height:1.25}.meta{margin:0;color:var(--soft)}
nav{display:flex;flex-wrap:wrap;gap:4px 18px;padding:10px 40px;background:var(--head);border-bottom:1px solid var(--line)}a{color:var(--accent)}nav a{text-decoration:none}nav a:hover,nav a:focus{text-decoration:underline}
main{max-width:1240px;margin:0 auto;padding:16px 40px 60px}section{background:var(--card);border:1px solid var(--line);border-radius:6px;padding:6px 24px 20px;margin:18px 0;overflow-wrap:break-word;overflow-x:auto}code,pre,h1,h2,dd,li{overflow-wrap:anywhere}
h2{font-size:20px;margin:14px 0 8px}h3{font-size:15px;margin:22px 0 6px}
.warnings{border:2px solid var(--bad);background:var(--bad-bg)}.warnings h2{color:var(--bad)}.changed{color:var(--bad)}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(140px,1fr));gap:10px}.tile{border:1px solid var(--line);border-radius:6px;padding:8px 12px}.tile b{display:block;font-size:24px}.tile span{color:var(--soft);font-size:13px}.tile.loud{border-color:var(--orphan);background:var(--orphan-bg)}.tile.loud b{color:var(--orphan)}
.soft{color:var(--soft);font-size:13.5px}.why{font-size:16px}
.score,.verdict,.basis,.role,.state{display:inline-block;border:1px solid var(--line);border-radius:10px;padding:0 8px;font-size:12.5px;font-weight:600;vertical-align:middle;white-space:nowrap}
.score{border-color:var(--orphan);color:var(--orphan)}.v-malicious,.v-suspicious,.s-affected,.s-met{border-color:var(--bad);color:var(--bad)}.v-benign,.v-authorised{border-color:var(--good);color:var(--good)}.s-unknown,.s-cannot-be-known{border-style:dashed}
.noted{margin:6px 0 2px;padding:0 10px;border-left:3px solid var(--accent)}.noted p{margin:4px 0}.noted .word{margin:2px 0 6px 24px}
.b-inferred{border-style:dotted}.b-derived{border-style:dashed}.past{color:var(--soft)}
table{border-collapse:collapse;width:100%;font-size:13.5px}th,td{text-align:left;vertical-align:top;padding:5px 8px;border-bottom:1px solid var(--line)}th{overflow-wrap:normal}thead th{background:var(--head);border-bottom:2px solid var(--line)}tr.group th{background:var(--head)}.number{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}.time{white-space:nowrap;font-variant-numeric:tabular-nums}
td ul{margin:4px 0;padding-left:18px}.steps{table-layout:fixed}.steps th:nth-child(1){width:17%}.steps th:nth-child(2){width:21%}.steps th:nth-child(3){width:12em}.rules summary{cursor:pointer}
td code,li code,dd code{font-size:12.5px}code,pre{font-family:ui-monospace,"Cascadia Mono",Menlo,Consolas,monospace}pre{white-space:pre-wrap;overflow-wrap:anywhere;background:var(--head);border:1px solid var(--line);border-radius:4px;padding:8px 10px;margin:6px 0;font-size:12.5px}.hash{display:inline-block;min-width:22ch;font-size:11.5px}
dl{display:grid;grid-template-columns:max-content 1fr;gap:3px 16px;margin:10px 0}dt{color:var(--soft)}dd{margin:0}
figure{margin:12px 0;overflow-x:auto}figcaption{color:var(--soft);font-size:13px}
.path{list-style:none;margin:0;padding:0;border-left:3px solid var(--line)}.path>li{padding:6px 0 8px 16px;position:relative}.path>li::before{content:"";position:absolute;left:-7px;top:14px;width:9px;height:9px;border-radius:50%;background:var(--card);border:2px solid var(--soft)}.path>li.subject::before{background:var(--orphan);border-color:var(--orphan)}.path ul{margin:4px 0;padding-left:18px}
.fold{margin:14px 0;border-top:1px solid var(--line);padding-top:6px}.fold>summary{cursor:pointer;list-style-position:outside}.fold>summary h3{display:inline;margin:0}td .fold{margin:4px 0;border:0;padding:0}td .fold>summary{color:var(--accent)}.whole>summary{color:var(--accent)}table.subjects td:nth-child(4),table.subjects td:nth-child(5){min-width:9em}
.record{border-top:1px solid var(--line);padding:4px 0}.record summary{cursor:pointer;font-size:13.5px}
${PICTURE_STYLE}
@media print{:root{color-scheme:light;--ink:#000;--soft:#444;--page:#fff;--card:#fff;--line:#bbb;--head:#f1f1f1;--accent:#000;--orphan:#8a4100;--orphan-bg:#fff;--bad:#8a0f15;--bad-bg:#fff;--good:#0f4f2b;--asked:#3d2a80}body{font-size:10.5pt}main{max-width:none;padding:0}header .band{padding:0 0 8px}nav{display:none}section{border:0;border-top:1px solid #999;border-radius:0;padding:4px 0}.subject{break-before:page}tr,figure,.tile,.path>li{break-inside:avoid}thead{display:table-header-group}h2,h3{break-after:avoid}.lineage-picture{max-width:100%;height:auto}.fold::details-content,.record::details-content,.rules::details-content{content-visibility:visible;display:block}}
`;
