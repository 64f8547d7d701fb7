import type { GeneratePart, GenerateResult } from '../contracts/generation.ts';
import type { HubApi } from '../contracts/hub.ts';
import { AppError } from '../errors/index.ts';
import { callError } from './call-error.ts';
import type { GenerateRequest, StreamPart } from './switchyard-client.ts';
import { toWireRequest } from './validate-request.ts';

/** Asks when iteration begins. An ending without `finish` is an error that keeps the text. */
export async function* generateStream(
  hub: HubApi,
  request: GenerateRequest,
  how: { readonly stream?: boolean } = {},
): AsyncGenerator<StreamPart, void> {
  const wire = { ...toWireRequest(request), ...how };
  const { signal, onProgress } = request;
  let text = '';
  let finished = false;
  try {
    for await (const part of hub.generateStream(wire, signal)) {
      if (part.type === 'progress') onProgress?.(part.progress);
      if (part.type === 'text-delta') text += part.text;
      if (part.type === 'text-replaced') text = part.text;
      if (part.type === 'finish') finished = true;
      if (isForCallers(part)) yield part;
    }
  } catch (error) {
    throw callError(error, text);
  }
  if (!finished) throw callError(new AppError('stream/truncated', 'The reply ended without a finish reason.'), text);
}

function isForCallers(part: GeneratePart): part is StreamPart {
  return part.type === 'text-delta' || part.type === 'reasoning-delta' || part.type === 'finish';
}

export async function generateText(hub: HubApi, request: GenerateRequest): Promise<GenerateResult> {
  let result: GenerateResult | null = null;
  for await (const part of generateStream(hub, request, { stream: false }))
    if (part.type === 'finish') result = part.result;
  if (!result) throw new AppError('app/internal', 'A stream ended well without a result.');
  return result;
}
