/** The look of results: theme colours only. High contrast has borders where the others have fills. */
export const STYLE = `
.foundling-result { --foundling-caution: color-mix(in srgb, var(--vscode-editorWarning-foreground) 60%, var(--vscode-foreground)); /* the theme's own is for lines under text: on white it is 3.1 to 1 */ color: var(--vscode-foreground); font-family: var(--vscode-font-family); font-size: var(--vscode-font-size); }
.foundling-body { max-height: 400px; overflow: auto; border: 1px solid var(--vscode-panel-border, var(--vscode-contrastBorder)); }
.foundling-result table { border-collapse: collapse; font-family: var(--vscode-editor-font-family); font-size: var(--vscode-editor-font-size); width: auto; margin: 0; }
.foundling-result th { position: sticky; top: 0; background: var(--vscode-editor-background); padding: 0; text-align: left; border-bottom: 1px solid var(--vscode-panel-border, var(--vscode-contrastBorder)); z-index: 1; }
.foundling-result th button { all: unset; display: block; box-sizing: border-box; width: 100%; padding: 4px 8px; font-weight: 600; cursor: pointer; white-space: nowrap; min-height: 22px; }
.foundling-result th.foundling-number button { text-align: right; }
.foundling-result th button:hover { background: var(--vscode-list-hoverBackground); }
.foundling-result th[aria-sort="ascending"] button::after { content: " ▲"; }
.foundling-result th[aria-sort="descending"] button::after { content: " ▼"; }
.foundling-result td { padding: 2px 8px; height: 22px; box-sizing: border-box; white-space: pre; max-width: 480px; overflow: hidden; text-overflow: ellipsis; border: none; text-align: left; }
.foundling-result tbody tr:nth-child(even) { background: var(--vscode-keybindingTable-rowsBackground, transparent); }
.foundling-result tbody tr:hover, .foundling-line:hover { background: var(--vscode-list-hoverBackground); outline: 1px dashed var(--vscode-contrastActiveBorder, transparent); outline-offset: -1px; }
.foundling-result .foundling-opens { cursor: pointer; }
.foundling-result tbody tr:focus td { white-space: pre-wrap; overflow-wrap: anywhere; }
.foundling-heading { font-weight: 600; padding: 4px 2px; }
.foundling-result td.foundling-number { text-align: right; font-variant-numeric: tabular-nums; }
.foundling-absent { color: var(--vscode-descriptionForeground); }
.foundling-result :focus-visible { outline: 1px solid var(--vscode-focusBorder) !important; outline-offset: -1px; }
.foundling-foot { display: flex; flex-wrap: wrap; gap: 4px 16px; align-items: center; padding: 6px 2px 2px; color: var(--vscode-descriptionForeground); }
.foundling-foot strong { color: var(--vscode-foreground); font-weight: 600; }
.foundling-caveat { color: var(--foundling-caution); }
.foundling-buttons { margin-left: auto; display: flex; gap: 6px; align-items: center; }
.foundling-buttons button { font: inherit; min-height: 24px; padding: 2px 10px; color: var(--vscode-button-secondaryForeground); background: var(--vscode-button-secondaryBackground); border: 1px solid var(--vscode-button-border, var(--vscode-contrastBorder, transparent)); border-radius: 2px; cursor: pointer; }
.foundling-buttons button:hover { background: var(--vscode-button-secondaryHoverBackground); }
.foundling-result button[aria-disabled="true"] { opacity: 0.6; cursor: default; }
.foundling-announced { flex-basis: 100%; text-align: right; font-size: 0.9em; } /* a line of its own: beside the buttons it pushes them from under the pointer */
.foundling-unreadable { color: var(--vscode-errorForeground); padding: 2px; }
.foundling-gaps { padding: 2px; color: var(--vscode-descriptionForeground); }
.foundling-gaps summary { cursor: pointer; min-height: 22px; }
.foundling-gaps ul { margin: 2px 0; padding-left: 24px; }
.foundling-tree { font-family: var(--vscode-editor-font-family); font-size: var(--vscode-editor-font-size); padding: 4px 0; }
.foundling-line { display: flex; align-items: center; min-height: 22px; padding: 0 12px; gap: 8px; white-space: pre; color: var(--vscode-descriptionForeground); }
.foundling-label { flex: 0 1 auto; min-width: 14ch; overflow: hidden; text-overflow: ellipsis; }
.foundling-line:focus .foundling-label { white-space: pre-wrap; overflow-wrap: anywhere; }
.foundling-orphan, .foundling-other, .foundling-hit { flex: none; }
.foundling-matched { color: var(--vscode-foreground); }
.foundling-matched .foundling-label { font-weight: 600; }
.foundling-guide { align-self: stretch; width: 8px; flex: none; border-left: 1px solid var(--vscode-tree-indentGuidesStroke, var(--vscode-contrastBorder)); }
.foundling-orphan { color: var(--foundling-caution); border: 1px solid currentColor; border-radius: 3px; padding: 0 5px; font-size: 0.9em; }
.foundling-basis { flex: none; border: 1px solid currentColor; border-radius: 3px; padding: 0 5px; font-family: var(--vscode-font-family); font-size: 0.9em; color: var(--vscode-descriptionForeground); }
.foundling-basis.foundling-inferred { border-style: dashed; color: var(--foundling-caution); }
.foundling-other { border-bottom: 1px dashed currentColor; }
.foundling-hit { font-size: 0.9em; border-left: 2px solid var(--vscode-textLink-foreground); padding-left: 5px; }
.foundling-plot { display: block; padding: 6px 8px 0; font-family: var(--vscode-font-family); }
.foundling-plot text { fill: var(--vscode-foreground); font-size: 12px; }
.foundling-plot .foundling-measure { fill: var(--vscode-descriptionForeground); }
.foundling-plot .tick line, .foundling-plot .domain, .foundling-lane { stroke: var(--vscode-descriptionForeground); stroke-opacity: 0.45; fill: none; }
.foundling-mark circle, .foundling-mark rect { fill: var(--vscode-charts-blue, var(--vscode-textLink-foreground)); }
.foundling-mark circle { stroke: var(--vscode-editor-background); }
.vscode-high-contrast .foundling-mark circle, .vscode-high-contrast .foundling-mark rect { fill: var(--vscode-editor-background); stroke: var(--vscode-contrastBorder); }
.foundling-mark:hover circle, .foundling-mark:hover rect, .foundling-mark:focus circle, .foundling-mark:focus rect { stroke: var(--vscode-focusBorder); stroke-width: 2; }
.foundling-mark:focus { outline: none !important; }
.foundling-says, .foundling-left-out { padding: 4px 12px; min-height: 22px; overflow-wrap: anywhere; }
.foundling-left-out { color: var(--foundling-caution); }
.foundling-rows { padding: 2px 12px 6px; }
.foundling-drawn { max-height: none; } /* so that axis and words stay beside their marks; lanes and bars are counted */
.foundling-rows[open] { max-height: 400px; overflow: auto; }
.foundling-rows summary { cursor: pointer; min-height: 22px; }
.foundling-link { font: inherit; color: var(--vscode-textLink-foreground); background: none; border: none; padding: 0 2px; min-height: 22px; text-decoration: underline; cursor: pointer; }
.foundling-listed { margin: 6px 0 0 12px; }
.foundling-hidden { color: var(--foundling-caution); border: 1px dotted currentColor; border-radius: 2px; margin: 0 1px; }
`;
