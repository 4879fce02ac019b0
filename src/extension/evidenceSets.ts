import * as vscode from 'vscode';
import { MANIFEST_NAME, ManifestError, parseManifest } from '../case/index.js';

export { MANIFEST_NAME as CASE_FILE };

/** Scheme of a temporary set: several files or a folder under one name, by reference. Its URI says all, so that an editor can be restored. */
export const SET_SCHEME = 'foundling-set';

/** The URI under which an editor shows resources as one set: a case file or one file is its own. */
export function setUri(resources: readonly vscode.Uri[], title: string): vscode.Uri {
  return vscode.Uri.from({ scheme: SET_SCHEME, path: `/${title}`, query: JSON.stringify(resources.map(String)) });
}

function membersOf(set: vscode.Uri): vscode.Uri[] {
  const listed: unknown = JSON.parse(set.query);
  if (!Array.isArray(listed) || !listed.every((each) => typeof each === 'string')) throw new Error(vscode.l10n.t('{0} names no evidence.', set.path));
  return listed.map((each) => vscode.Uri.parse(each, true));
}

/** Which evidence a resource stands for. */
export interface EvidenceSetChoice {
  readonly key: string;
  readonly title: string;
  /** Files, folders, or one case file. */
  readonly sources: readonly vscode.Uri[];
  readonly caseFolder: vscode.Uri | undefined;
  readonly focus: vscode.Uri | undefined;
}

/**
 * The set that resources belong to: a case file or its folder is the case; a file that the nearest case lists opens the case, focused on it; everything
 * else is a set of its own. `exactly` leaves cases out of it ("this file only").
 */
export async function evidenceSetFor(asked: readonly vscode.Uri[], exactly: boolean): Promise<EvidenceSetChoice> {
  const resources = asked.flatMap((resource) => (resource.scheme === SET_SCHEME ? membersOf(resource) : [resource]));
  const [first] = resources;
  if (!first) throw new Error(vscode.l10n.t('No evidence was named.'));
  if (resources.length === 1) {
    if (isCaseFile(first)) return caseSet(first, undefined);
    const inside = vscode.Uri.joinPath(first, MANIFEST_NAME);
    if (!exactly && (await exists(inside))) return caseSet(inside, undefined);
    const nearest = exactly ? undefined : await nearestCase(first);
    if (nearest && (await lists(nearest, first))) return caseSet(nearest, first);
  }
  const sources = [...resources].sort((a, b) => (a.toString() < b.toString() ? -1 : 1));
  const title = resources.length === 1 ? nameOf(first) : vscode.l10n.t('{0} and {1} more', nameOf(first), resources.length - 1);
  return { key: sources.map(String).join('\n'), title, sources, caseFolder: undefined, focus: undefined };
}

/** The case file in the resource's folder or the nearest one above it; undefined if there is none up to the workspace's (or the file system's) root. */
export async function nearestCase(resource: vscode.Uri): Promise<vscode.Uri | undefined> {
  const stop = vscode.workspace.getWorkspaceFolder(resource)?.uri.path;
  let folder = vscode.Uri.joinPath(resource, '..');
  for (;;) {
    const candidate = vscode.Uri.joinPath(folder, MANIFEST_NAME);
    if (await exists(candidate)) return candidate;
    const above = vscode.Uri.joinPath(folder, '..');
    if (folder.path === stop || above.path === folder.path) return undefined;
    folder = above;
  }
}

export function isCaseFile(resource: vscode.Uri): boolean {
  return resource.path.endsWith(`/${MANIFEST_NAME}`);
}

export function nameOf(resource: vscode.Uri): string {
  return resource.path.slice(resource.path.replace(/\/+$/, '').lastIndexOf('/') + 1).replace(/\/+$/, '');
}

function caseSet(file: vscode.Uri, focus: vscode.Uri | undefined): EvidenceSetChoice {
  const folder = vscode.Uri.joinPath(file, '..');
  return { key: file.toString(), title: nameOf(folder), sources: [file], caseFolder: folder, focus };
}

async function lists(caseFile: vscode.Uri, resource: vscode.Uri): Promise<boolean> {
  const folder = vscode.Uri.joinPath(caseFile, '..');
  return (await evidencePaths(caseFile)).some((path) => {
    const listed = vscode.Uri.joinPath(folder, path).path.replace(/\/+$/, '');
    return resource.path === listed || resource.path.startsWith(`${listed}/`);
  });
}

async function evidencePaths(caseFile: vscode.Uri): Promise<string[]> {
  try {
    const manifest = parseManifest(new TextDecoder().decode(await vscode.workspace.fs.readFile(caseFile)));
    return manifest.evidence.flatMap(({ path }) => (path === undefined ? [] : [path]));
  } catch (error) {
    // A broken manifest is told by the engine when the case itself is opened; a file beside it can still be read for itself.
    if (error instanceof ManifestError || error instanceof vscode.FileSystemError) return [];
    throw error;
  }
}

async function exists(resource: vscode.Uri): Promise<boolean> {
  try {
    await vscode.workspace.fs.stat(resource);
    return true;
  } catch (error) {
    // Also where the folder may not be listed: what cannot be seen decides nothing.
    if (error instanceof vscode.FileSystemError) return false;
    throw error;
  }
}
