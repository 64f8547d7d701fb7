import type { ModelInfo } from '../../contracts/model.ts';
import type { ModelLifecycle, Price } from '../../contracts/provider.ts';
import type { Messages } from '../i18n/en.ts';
import type { Formatters } from '../i18n/format.ts';

/** The few words beside the model's name: where it is, or what it is busy with. */
export function modelStatus(model: ModelInfo, t: Messages, format: Formatters, providerName = model.provider): string {
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
  return model.location === 'device' ? t.model.onDevice : t.model.cloud(providerName);
}

/** What the list says about a model; only what is known. */
export function modelFacts(model: ModelInfo, t: Messages, format: Formatters): string[] {
  // Every cloud model is ready unless it says something else.
  const facts = model.location === 'cloud' && model.state === 'ready' ? [] : [t.model.states[model.state]];
  if (model.sizeBytes !== undefined) facts.push(format.bytes(model.sizeBytes));
  if (model.parameterCount !== undefined) facts.push(t.model.parameters(format.compact(model.parameterCount)));
  if (model.price) facts.push(priceWords(model.price, t, format));
  if (model.contextTokens !== undefined) facts.push(t.model.context(format.integer(model.contextTokens)));
  if (model.license !== undefined) facts.push(model.license);
  return facts;
}

export function priceWords({ input, output, currency }: Price, t: Messages, format: Formatters): string {
  return t.model.price(format.price(input, currency), format.price(output, currency));
}

/** "retired", or when the model ends. */
export function lifecycleWords({ state, date }: ModelLifecycle, t: Messages, format: Formatters): string {
  if (state === 'retired') return t.model.retired;
  return date === undefined ? t.model.retiringSoon : t.model.retiring(format.day(date));
}
