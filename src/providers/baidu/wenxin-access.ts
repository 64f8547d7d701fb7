import type { ProviderConfig } from '../../contracts/provider.ts';
import { AppError } from '../../errors/index.ts';
import { baseUrlOf } from '../base-url.ts';
import type { ProviderDeps, ProviderPart } from '../provider.ts';
import { untilAborted } from '../wire/until-aborted.ts';
import { sharedAccessToken, type AccessToken, type HeldToken } from './access-token.ts';
import { issueToken, type Credentials } from './issue-token.ts';

/** Runs calls with the key's token; where the host refuses the token, once more with a new one. */
export interface WenxinAccess {
  call<T>(signal: AbortSignal, use: (token: string) => Promise<T>): Promise<T>;
  /** Once more only while nothing but notes had come. `use` may give the same notes again: they come once. */
  stream(signal: AbortSignal, use: (token: string) => AsyncIterable<ProviderPart>): AsyncGenerator<ProviderPart>;
  /** Takes the vault's values and the token out of a text. */
  redact(text: string): string;
  /** The same error, unless it would tell the token: it is part of the address, which a failed fetch may name. */
  withoutToken(error: AppError): AppError;
}

export function createWenxinAccess(config: ProviderConfig, keyName: string | null, deps: ProviderDeps): WenxinAccess {
  const base = baseUrlOf(config);
  // Of every pair of secrets that was used here: they may be exchanged while the adapter lives.
  const used = new Set<AccessToken>();

  // Asked each time, so that a vault that was locked since is heard.
  const open = async (signal: AbortSignal): Promise<{ readonly tokens: AccessToken; readonly held: HeldToken }> => {
    const credentials = await untilAborted(credentialsOf(config, keyName, deps), signal);
    const tokens = sharedAccessToken(deps.clock, base, credentials.key, credentials.secret);
    used.add(tokens);
    const held = await tokens.get((asking) => issueToken(base, credentials, deps, asking), signal);
    return { tokens, held };
  };
  const redact = (text: string): string => [...used].reduce((masked, tokens) => tokens.mask(masked), deps.redact(text));

  return {
    async call(signal, use) {
      const { tokens, held } = await open(signal);
      try {
        return await use(held.token);
      } catch (error) {
        if (!refusesToken(error)) throw error;
        tokens.forget(held);
      }
      return use((await open(signal)).held.token);
    },
    async *stream(signal, use) {
      const { tokens, held } = await open(signal);
      let notes = 0;
      let started = false;
      try {
        for await (const part of use(held.token)) {
          if (part.type === 'note') notes += 1;
          else started = true;
          yield part;
        }
        return;
      } catch (error) {
        if (started || !refusesToken(error)) throw error;
        tokens.forget(held);
      }
      for await (const part of use((await open(signal)).held.token)) {
        if (part.type !== 'note' || notes-- <= 0) yield part;
      }
    },
    redact,
    withoutToken(error) {
      const said = JSON.stringify([error.message, error.details, causesOf(error)]);
      if (redact(said) === said) return error;
      const details = Object.entries(error.details).map(([name, value]) => [
        name,
        typeof value === 'string' ? redact(value) : value,
      ]);
      return new AppError(error.code, redact(error.message), {
        details: Object.fromEntries(details) as Record<string, unknown>,
      });
    },
  };
}

async function credentialsOf(
  { secretKey }: ProviderConfig,
  keyName: string | null,
  deps: ProviderDeps,
): Promise<Credentials> {
  if (keyName === null || secretKey === undefined) {
    throw new AppError('provider/auth', 'This API needs an API key and a secret key.', {
      details: { reason: 'missing-secret' },
    });
  }
  return { key: await deps.secret(keyName), secret: await deps.secret(secretKey) };
}

/** Invalid or expired. */
function refusesToken(error: unknown): boolean {
  const code = error instanceof AppError ? error.details['providerCode'] : undefined;
  return code === '110' || code === '111';
}

function causesOf(error: Error): readonly string[] {
  const causes: string[] = [];
  let { cause } = error;
  while (cause instanceof Error && causes.length < MOST_CAUSES) {
    causes.push(`${cause.message} ${cause.stack ?? ''}`);
    ({ cause } = cause);
  }
  return typeof cause === 'string' ? [...causes, cause] : causes;
}

const MOST_CAUSES = 8;
