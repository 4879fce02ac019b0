/** Colours of the theme that the canvas needs; the rest of the page takes them from CSS. */
export interface Palette {
  readonly lifeline: string;
  readonly orphan: string;
  readonly text: string;
  readonly dim: string;
  readonly grid: string;
  readonly border: string;
  readonly background: string;
  readonly match: string;
  readonly highContrast: boolean;
}

/** The palette of the theme that is on now. The variables are set in tree.css from contributed and built-in colours. */
export function readPalette(): Palette {
  const style = getComputedStyle(document.body);
  const colour = (name: string): string => style.getPropertyValue(name).trim() || style.color;
  return {
    lifeline: colour('--page-lifeline'),
    orphan: colour('--page-orphan'),
    text: colour('--page-text'),
    dim: colour('--page-dim'),
    grid: colour('--page-grid'),
    border: colour('--page-border'),
    background: colour('--page-background'),
    match: colour('--page-match'),
    highContrast: document.body.classList.contains('vscode-high-contrast') || document.body.classList.contains('vscode-high-contrast-light'),
  };
}

/** Calls back when the theme changed: VS Code changes the body's class and the root's variables. */
export function onThemeChange(changed: () => void): void {
  const observer = new MutationObserver(changed);
  observer.observe(document.body, { attributes: true, attributeFilter: ['class', 'data-vscode-theme-id'] });
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ['style'] });
}
