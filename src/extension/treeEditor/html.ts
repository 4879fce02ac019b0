/** What the page's document needs to know; all of it comes from VS Code, none from evidence. */
export interface PageAssets {
  /** The webview's own source for `style-src` and `font-src`. */
  readonly cspSource: string;
  readonly nonce: string;
  readonly script: string;
  readonly style: string;
  readonly icons: string;
}

/**
 * The tree page's document. It may run our one script and nothing else: no network, no images, no frames, no inline handlers.
 * The `csp-nonce` meta is for the control kit, which tries a style rule at its start; styles otherwise come from files and constructed sheets.
 */
export function treePageHtml({ cspSource, nonce, script, style, icons }: PageAssets): string {
  const policy = `default-src 'none'; script-src 'nonce-${nonce}'; style-src ${cspSource} 'nonce-${nonce}'; font-src ${cspSource}; form-action 'none'; base-uri 'none'`;
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta property="csp-nonce" content="${nonce}">
<meta name="viewport" content="width=device-width">
<title>Foundling</title>
<link rel="stylesheet" href="${icons}">
<link rel="stylesheet" href="${style}">
</head>
<body>
<script nonce="${nonce}" src="${script}"></script>
</body>
</html>`;
}
