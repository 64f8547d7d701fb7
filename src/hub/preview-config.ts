import type { Config, ConfigPreview, ConfigProblem } from '../contracts/config.ts';
import { AppError } from '../errors/index.ts';
import { checkProvider } from './cloud/check-provider.ts';
import { loadReader } from './load-reader.ts';

/** What importing `text` would make of `current`. Throws only what is no fault of the text. */
export async function previewConfig(current: Config, text: string): Promise<ConfigPreview> {
  const { parseConfig, compareConfigs } = await loadReader();
  try {
    const { config, warnings } = parseConfig(text);
    const problems = config.providers.flatMap((provider) => problemOf(() => checkProvider(provider), provider.label));
    return { problems, warnings, changes: problems.length > 0 ? [] : compareConfigs(current, config) };
  } catch (error) {
    const { code, details } = AppError.from(error);
    if (code !== 'config/invalid') throw error;
    return { problems: listOf(details['problems']), warnings: listOf(details['warnings']), changes: [] };
  }
}

/** What the hub refuses though the text is well formed; it has no place in the text. */
function problemOf(check: () => void, label: string): readonly ConfigProblem[] {
  try {
    check();
    return [];
  } catch (error) {
    const { code, message } = AppError.from(error);
    if (code !== 'provider/bad-request') throw error;
    return [{ line: 1, column: 1, path: `models.cloud.${label}`, message }];
  }
}

function listOf(value: unknown): readonly ConfigProblem[] {
  return Array.isArray(value) ? (value as readonly ConfigProblem[]) : [];
}
