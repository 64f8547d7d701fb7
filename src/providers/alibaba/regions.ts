/** A region of Model Studio. A key belongs to one region, and is refused by the others. */
export interface AlibabaRegion {
  readonly id: string;
  /** Key of the region's name in the interface's words. */
  readonly displayNameKey: string;
  /** Base URL of the compatible API. */
  readonly compatibleBaseUrl: string;
  /** Base URL of the native API. */
  readonly nativeBaseUrl: string;
  /** True when the addresses hold `{WorkspaceId}`, which the user has to fill in. */
  readonly needsWorkspace?: boolean;
}

/** Reference §6.1; the first is the default. */
export const ALIBABA_REGIONS: readonly AlibabaRegion[] = [
  region('beijing', 'region.beijing', 'https://dashscope.aliyuncs.com'),
  region('singapore', 'region.singapore', 'https://dashscope-intl.aliyuncs.com'),
  {
    ...region(
      'singapore-workspace',
      'region.singapore-workspace',
      'https://{WorkspaceId}.ap-southeast-1.maas.aliyuncs.com',
    ),
    needsWorkspace: true,
  },
  region('virginia', 'region.virginia', 'https://dashscope-us.aliyuncs.com'),
  region('hong-kong', 'region.hong-kong', 'https://cn-hongkong.dashscope.aliyuncs.com'),
];

function region(id: string, displayNameKey: string, origin: string): AlibabaRegion {
  return { id, displayNameKey, compatibleBaseUrl: `${origin}/compatible-mode/v1`, nativeBaseUrl: `${origin}/api/v1` };
}

/** The only host that takes keys of the coding plan, and the only kind of key that it takes. */
export const CODING_PLAN_HOST = 'coding.dashscope.aliyuncs.com';

const REGIONAL_HOSTS = new Set(
  ALIBABA_REGIONS.filter(({ needsWorkspace }) => !needsWorkspace).map(
    ({ nativeBaseUrl }) => new URL(nativeBaseUrl).host,
  ),
);

/** True for hosts that serve one region, so that a key of another is refused there. */
export function isRegionalHost(host: string): boolean {
  return REGIONAL_HOSTS.has(host) || host.endsWith('.maas.aliyuncs.com');
}
