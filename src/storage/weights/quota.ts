import { AppError } from '../../errors/index.ts';

/** What the browser says about this site's storage; null where it says nothing. */
export type EstimateStorage = () => Promise<{ readonly quota?: number; readonly usage?: number } | null>;

/** `navigator.storage.estimate`, which insecure pages and old workers lack. */
export const estimateStorage: EstimateStorage = async () => {
  const { navigator } = globalThis as { navigator?: { storage?: Partial<Pick<StorageManager, 'estimate'>> } };
  return (await navigator?.storage?.estimate?.()) ?? null;
};

/** A full disk met while writing; what is available is left out, because estimates were wrong about it just now. */
export function withNeededBytes(error: unknown, neededBytes: number): unknown {
  if (!(error instanceof AppError) || error.code !== 'storage/quota') return error;
  return new AppError('storage/quota', error.message, {
    details: { ...error.details, neededBytes },
    cause: error.cause,
  });
}

/** Throws `storage/quota` when the browser says beforehand that `neededBytes` will not fit. */
export async function requireSpace(estimate: EstimateStorage, neededBytes: number): Promise<void> {
  // The estimate is a courtesy: where it fails, writing will tell.
  const space = await estimate().catch(() => null);
  if (space?.quota === undefined || space.usage === undefined) return;
  const availableBytes = Math.max(0, space.quota - space.usage);
  if (neededBytes <= availableBytes) return;
  throw new AppError('storage/quota', 'The browser gives this site too little storage for the model.', {
    details: { neededBytes, availableBytes },
  });
}
