// The language of the client: VS Code's own, unless the setting selects another. It is set before any text is created.
import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import { type Language, languageOf, languages } from '../../server/src/core/text/language.ts';

/** Translations by English text, and their language, for the pages. */
export interface Words {
  readonly language: Language;
  readonly contents: Readonly<Record<string, unknown>>;
}

let current: Words = { language: 'en', contents: {} };

export const words = (): Words => current;

/** Switches to the selected language; returns whether that is a change. */
export async function speakChosen(extension: vscode.Uri): Promise<boolean> {
  const language = chosen();
  if (language === current.language) return false;
  const contents = language === 'en' ? {} : await translations(language, extension);
  current = { language, contents };
  l10n.config({ contents: contents as Record<string, string> });
  return true;
}

function chosen(): Language {
  const setting = vscode.workspace.getConfiguration('flopline').get('language');
  return languages.find(language => language === setting) ?? languageOf(vscode.env.language) ?? 'en';
}

/** The translations of a language. VS Code has already loaded those of its own language. */
async function translations(language: Language, extension: vscode.Uri): Promise<Words['contents']> {
  if (vscode.l10n.bundle && languageOf(vscode.env.language) === language) return vscode.l10n.bundle;
  try {
    const file = vscode.Uri.joinPath(extension, `l10n/bundle.l10n.${language}.json`);
    return JSON.parse(new TextDecoder().decode(await vscode.workspace.fs.readFile(file)));
  } catch {
    // Fall back to English.
    return {};
  }
}
