export { deriveKey, KEY_COST, type DeriveKey, type KeyCost } from './derive-key.ts';
export { createVault, type Vault, type VaultDeps } from './create-vault.ts';
