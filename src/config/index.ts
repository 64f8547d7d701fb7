export { compareConfigs } from './compare-configs.ts';
export { exportConfig } from './export-config.ts';
export { parseConfig, type ParsedConfig } from './parse-config.ts';
export type { FoundSecret } from './secret-names.ts';
