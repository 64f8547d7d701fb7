import { textOf, type Fields } from './exchange.ts';
import { openAiError } from './failures.ts';
import type { ScenarioName } from './scenarios.ts';

const REASONING = /^(?:gpt-[5-9]|o\d)/u;
const INVALID = 'invalid_request_error';

const RANGES: Readonly<Record<string, readonly [number, number]>> = {
  temperature: [0, 2],
  top_p: [0, 1],
  frequency_penalty: [-2, 2],
  presence_penalty: [-2, 2],
  max_tokens: [1, Infinity],
  max_completion_tokens: [1, Infinity],
  // The Responses API has a lowest value of its own.
  max_output_tokens: [16, Infinity],
};

/** The body of the refusal of a value that is out of OpenAI's ranges, or null when all are fine. */
export function outOfRange(json: Fields): unknown {
  for (const [name, [least, most]] of Object.entries(RANGES)) {
    const value = json[name];
    if (value === undefined || value === null || (typeof value === 'number' && value >= least && value <= most))
      continue;
    const [what, bound] = Number(value) < least ? ['below_min', `>= ${least}`] : ['above_max', `<= ${most}`];
    const message = `Invalid '${name}': value out of range. Expected a value ${bound}, but got ${JSON.stringify(value)} instead.`;
    return openAiError(message, INVALID, `value_${what}_value`, name);
  }
  if (!Array.isArray(json['stop']) || json['stop'].length <= 4) return null;
  const message = `Invalid 'stop': array too long. Expected an array with maximum length 4, but got an array with length ${json['stop'].length} instead.`;
  return openAiError(message, INVALID, 'array_above_max_length', 'stop');
}

/** Whether sampling parameters are refused for this model. */
export function isReasoningModel(model: string, scenario: ScenarioName, effort: string): boolean {
  return scenario === '400-unsupported-temperature' || (REASONING.test(model) && effort !== 'none');
}

/** The body of the refusal of a parameter that reasoning models do not take, or null when there is none. */
export function unsupportedField(json: Fields, model: string, scenario: ScenarioName): unknown {
  if (!isReasoningModel(model, scenario, textOf(json['reasoning_effort']))) return null;
  if (json['max_tokens'] !== undefined) {
    return openAiError(
      "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
      INVALID,
      'unsupported_parameter',
      'max_tokens',
    );
  }
  for (const name of ['temperature', 'top_p']) {
    const value = json[name];
    if (value === undefined || value === 1) continue;
    const message = `Unsupported value: '${name}' does not support ${JSON.stringify(value)} with this model. Only the default (1) value is supported.`;
    return openAiError(message, INVALID, 'unsupported_value', name);
  }
  const other = ['frequency_penalty', 'presence_penalty', 'logprobs', 'stop'].find(
    (name) => json[name] !== undefined && json[name] !== 0,
  );
  if (other === undefined) return null;
  const message = `Unsupported parameter: '${other}' is not supported with this model.`;
  return openAiError(message, INVALID, 'unsupported_parameter', other);
}
