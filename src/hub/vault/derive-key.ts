import { KEY_BYTES } from './seal.ts';

/** What deriving a key costs, whoever does it. */
export interface KeyCost {
  readonly memoryKib: number;
  readonly passes: number;
  readonly lanes: number;
}

/** RFC 9106's second recommendation with one lane, because there are no threads here. */
export const KEY_COST: KeyCost = { memoryKib: 64 * 1024, passes: 3, lanes: 1 };

/** The bytes of a key, always the same for the same passphrase, salt and cost. */
export type DeriveKey = (
  passphrase: string,
  salt: Uint8Array<ArrayBuffer>,
  cost: KeyCost,
) => Promise<Uint8Array<ArrayBuffer>>;

/** Argon2id. Fetches its code at the first call; takes the thread for about half a second on a laptop. */
export const deriveKey: DeriveKey = async (passphrase, salt, { memoryKib, passes, lanes }) => {
  const { argon2id } = await import('hash-wasm');
  const bytes = await argon2id({
    password: passphrase,
    salt,
    memorySize: memoryKib,
    iterations: passes,
    parallelism: lanes,
    hashLength: KEY_BYTES,
    outputType: 'binary',
  });
  return new Uint8Array(bytes);
};
