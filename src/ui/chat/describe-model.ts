import type { ModelInfo } from '../../contracts/model.ts';
import type { Messages } from '../i18n/en.ts';
import type { Formatters } from '../i18n/format.ts';

/** The few words beside the model's name: where it is, or what it is busy with. */
export function modelStatus(model: ModelInfo, t: Messages, format: Formatters): string {
  const { progress } = model;
  if (model.state === 'loading') {
    return progress?.phase === 'load'
      ? t.model.loadingPercent(format.percent(progress.fraction))
      : t.model.states.loading;
  }
  if (model.state === 'downloading') {
    return progress?.phase === 'download' && progress.totalBytes > 0
      ? t.model.downloadingPercent(format.percent(progress.receivedBytes / progress.totalBytes))
      : t.model.states.downloading;
  }
  if (model.state === 'failed' || model.state === 'needs-key' || model.state === 'not-downloaded')
    return t.model.states[model.state];
  return model.location === 'device' ? t.model.onDevice : t.model.cloud(model.provider);
}

/** What the list says about a model; only what is known. */
export function modelFacts(model: ModelInfo, t: Messages, format: Formatters): string[] {
  const facts = [t.model.states[model.state]];
  if (model.sizeBytes !== undefined) facts.push(format.bytes(model.sizeBytes));
  if (model.parameterCount !== undefined) facts.push(t.model.parameters(format.compact(model.parameterCount)));
  if (model.contextTokens !== undefined) facts.push(t.model.context(format.integer(model.contextTokens)));
  if (model.license !== undefined) facts.push(model.license);
  return facts;
}
