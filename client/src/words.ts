// The language of the editor's side. VS Code's own, unless the setting chooses another; it is set before any word is made.
import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import { type Language, languageOf, languages } from '../../server/src/core/text/language.ts';

/** What pages get: words by their English, and whose they are. */
export interface Words {
  readonly language: Language;
  readonly contents: Readonly<Record<string, unknown>>;
}

let current: Words = { language: 'en', contents: {} };

export const words = (): Words => current;

/** Speaks the language that is chosen now; whether it is another one than before. */
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

/** The file of a language: VS Code has read it already where the language is its own. */
async function translations(language: Language, extension: vscode.Uri): Promise<Words['contents']> {
  if (vscode.l10n.bundle && languageOf(vscode.env.language) === language) return vscode.l10n.bundle;
  try {
    const file = vscode.Uri.joinPath(extension, `l10n/bundle.l10n.${language}.json`);
    return JSON.parse(new TextDecoder().decode(await vscode.workspace.fs.readFile(file)));
  } catch {
    // English is better than nothing.
    return {};
  }
}
