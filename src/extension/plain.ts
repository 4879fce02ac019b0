import { visibleText } from '../../webview/shared/text.js';

/**
 * Text from evidence for notifications, the status bar and pick lists: there VS Code makes links of `[label](command:...)` and icons of `$(name)`, so
 * both are taken apart, and hidden characters are shown.
 */
export function plain(text: string): string {
  return visibleText(text).replaceAll('](', '] (').replaceAll('$(', '$ (');
}
