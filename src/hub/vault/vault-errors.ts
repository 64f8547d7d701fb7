import { AppError } from '../../errors/index.ts';

export function vaultLocked(reason: 'locked' | 'wrong-passphrase'): AppError {
  const message =
    reason === 'locked' ? 'The vault is locked.' : 'The passphrase is not the one the vault was locked with.';
  return new AppError('vault/locked', message, { details: { reason } });
}

export function missingSecret(name: string): AppError {
  return new AppError('provider/auth', `The vault has no secret named ${name}.`, {
    details: { reason: 'missing-secret', name },
  });
}

/** The key is gone or unreadable: only a reset helps. */
export function vaultDamaged(cause?: unknown): AppError {
  return new AppError('storage/corrupt', 'The vault can’t be opened any more: its key is missing or damaged.', {
    details: { reason: 'vault-damaged' },
    cause,
  });
}

/** One secret does not open: setting it again helps. */
export function secretDamaged(name: string): AppError {
  return new AppError('storage/corrupt', `The stored secret ${name} is damaged.`, {
    details: { reason: 'secret-damaged', name },
  });
}
