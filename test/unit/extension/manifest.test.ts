import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  COMMAND,
  CONTEXT,
  CONTROLLER,
  CUSTOM_EDITOR,
  EVIDENCE_VIEW,
  FINDINGS_VIEW,
  LANGUAGE,
  NOTEBOOK,
  RENDERER,
  RESULT_MIME,
  SETTING,
  VIEW_CONTAINER,
  WALKTHROUGH,
} from '../../../src/extension/ids.js';

const root = path.resolve(import.meta.dirname, '../../..');
const text = readFileSync(path.join(root, 'package.json'), 'utf8');
const strings = JSON.parse(readFileSync(path.join(root, 'package.nls.json'), 'utf8')) as Record<string, string>;
interface Titled {
  readonly command: string;
  readonly title: string;
  readonly category: string;
  readonly when?: string;
  readonly enablement?: string;
}
const { contributes, main, icon } = JSON.parse(text) as {
  main: string;
  icon: string;
  contributes: {
    commands: Titled[];
    menus: Record<string, Titled[]>;
    keybindings: (Titled & { key: string; mac?: string })[];
    configuration: { properties: Record<string, { scope?: string; order?: number; markdownDescription?: string }> };
    customEditors: { viewType: string; priority: string }[];
    notebooks: { type: string }[];
    notebookRenderer: { id: string; mimeTypes: string[]; entrypoint: string }[];
    languages: { id: string; configuration: string; icon: { light: string; dark: string } }[];
    grammars: { language?: string; path: string }[];
    views: Record<string, { id: string }[]>;
    viewsContainers: { activitybar: { id: string; icon: string }[] };
    walkthroughs: { id: string; steps: { media: { markdown: string }; completionEvents?: string[] }[] }[];
  };
};
const sorted = (names: Iterable<string>): string[] => [...names].sort();

describe('ids of the code and of the manifest are the same, both ways', () => {
  test('commands', () => expect(sorted(contributes.commands.map((each) => each.command))).toEqual(sorted(Object.values(COMMAND))));
  test('settings', () => expect(sorted(Object.keys(contributes.configuration.properties))).toEqual(sorted(Object.values(SETTING))));
  test('views, editor, notebook, renderer, language, walkthrough', () => {
    expect(contributes.customEditors.map((each) => each.viewType)).toEqual([CUSTOM_EDITOR]);
    expect(contributes.notebooks.map((each) => each.type)).toEqual([NOTEBOOK]);
    expect(contributes.notebookRenderer).toMatchObject([{ id: RENDERER, mimeTypes: [RESULT_MIME] }]);
    expect(contributes.languages.map((each) => each.id)).toEqual([LANGUAGE]);
    expect(contributes.viewsContainers.activitybar.map((each) => each.id)).toEqual([VIEW_CONTAINER]);
    expect(contributes.views[VIEW_CONTAINER]?.map((each) => each.id)).toEqual([EVIDENCE_VIEW, FINDINGS_VIEW]);
    expect(contributes.walkthroughs.map((each) => each.id)).toEqual([WALKTHROUGH]);
    expect(CONTROLLER).toBe(NOTEBOOK);
  });
  test('context keys that a when clause asks are set by the code', () => {
    const asked = new Set([...text.matchAll(/foundling\.has\w+/g)].map(([key]) => key));
    expect(sorted(asked)).toEqual(sorted(Object.values(CONTEXT)));
  });
  test('no id is written out anywhere else in the extension', () => {
    const ids = [...Object.values(COMMAND), ...Object.values(SETTING)];
    const files = readdirSync(path.join(root, 'src/extension'), { recursive: true, encoding: 'utf8' }).filter(
      (name) => name.endsWith('.ts') && name !== 'ids.ts',
    );
    const found = files.flatMap((name) => {
      const source = readFileSync(path.join(root, 'src/extension', name), 'utf8');
      return ids.filter((id) => source.includes(`'${id}'`)).map((id) => `${name}: ${id}`);
    });
    expect(found).toEqual([]);
  });
});

/** VS Code's own command that runs a notebook's cell. */
const RUN_CELL = 'notebook.cell.execute';

describe('the manifest', () => {
  test('every menu, key and palette entry names a command that exists', () => {
    const commands = new Set(contributes.commands.map((each) => each.command));
    const named = [...Object.values(contributes.menus).flat(), ...contributes.keybindings].map((each) => each.command);
    expect(named.filter((command) => !commands.has(command) && command !== RUN_CELL)).toEqual([]);
  });
  test('every link of a walkthrough or an empty view runs a command that exists wherever it is pressed', () => {
    const views = Object.values(contributes.views).flat();
    const anywhere = new Set([...contributes.commands.filter(({ enablement }) => !enablement?.includes('activeCustomEditorId')).map(({ command }) => command), ...views.map(({ id }) => `${id}.focus`)]);
    const links = Object.values(strings).flatMap((each) => [...each.matchAll(/\(command:([\w.]+)\)/g)].map(([, command]) => command ?? ''));
    const events = contributes.walkthroughs.flatMap(({ steps }) => steps.flatMap(({ completionEvents = [] }) => completionEvents)).flatMap((event) => /^onCommand:(.+)$/.exec(event)?.[1] ?? []);
    expect(links.length).toBeGreaterThan(5);
    expect([...links, ...events].filter((command) => !anywhere.has(command))).toEqual([]);
  });
  test('every command has a title and a category, and what acts on the tree is enabled there only', () => {
    for (const command of contributes.commands) {
      expect(command).toMatchObject({ category: 'Foundling', title: `%command.${command.command.replace('foundling.', '')}%` });
      if (command.command.startsWith('foundling.tree.')) expect(command.enablement).toBe("activeCustomEditorId == 'foundling.tree'");
    }
  });
  test('keys act in the tree editor only, and take no key from a box that is typed into; one runs a cell of our notebooks, as people know it from others', () => {
    expect(contributes.keybindings.filter(({ command }) => command === RUN_CELL).map(({ key, when }) => [key, when])).toEqual([['ctrl+enter', `notebookType == '${NOTEBOOK}' && notebookCellListFocused`]]);
    for (const key of contributes.keybindings.filter(({ command }) => command !== RUN_CELL)) expect(key.when).toBe("activeCustomEditorId == 'foundling.tree' && !inputFocus");
  });
  test('no key types a character on a Mac, where Option and a letter do', () => {
    for (const { key, mac } of contributes.keybindings) expect(mac ?? key).not.toMatch(/^(?:shift\+)?alt\+\w$/);
  });
  test('every setting has scope, order and description', () => {
    for (const setting of Object.values(contributes.configuration.properties)) {
      expect(setting).toMatchObject({
        scope: expect.any(String) as string,
        order: expect.any(Number) as number,
        markdownDescription: expect.stringMatching(/^%.*%$/) as string,
      });
    }
  });
  test('strings are there, and none is left over', () => {
    const used = new Set([...text.matchAll(/%([\w.]+)%/g)].map(([, key]) => key ?? ''));
    expect(sorted(used)).toEqual(sorted(Object.keys(strings)));
  });
  test('files that it names are in the repository or built', () => {
    const language = contributes.languages[0];
    const files = [
      icon,
      ...contributes.viewsContainers.activitybar.map((each) => each.icon),
      ...contributes.walkthroughs.flatMap((each) => each.steps.map((step) => step.media.markdown)),
      ...contributes.grammars.map((each) => each.path),
      language?.configuration ?? '',
      language?.icon.light ?? '',
      language?.icon.dark ?? '',
    ];
    const here = new Set(readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((name) => !name.startsWith('node_modules')));
    expect(files.filter((file) => !here.has(path.normalize(file)))).toEqual([]);
    const built = readFileSync(path.join(root, 'esbuild.mjs'), 'utf8');
    for (const bundle of [main, ...contributes.notebookRenderer.map((each) => each.entrypoint)]) expect(built).toContain(path.normalize(bundle));
  });
});
