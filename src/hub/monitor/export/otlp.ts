import type { ExportSource } from './export-data.ts';

/** Values of OTLP in JSON (proto3 mapping: 64-bit integers are strings). */
export type OtlpValue =
  | { readonly stringValue: string }
  | { readonly intValue: string }
  | {
      readonly doubleValue: number;
    }
  | { readonly arrayValue: { readonly values: readonly OtlpValue[] } };

export interface OtlpAttribute {
  readonly key: string;
  readonly value: OtlpValue;
}

/** What is undefined or empty is left out. */
export function attributesOf(
  values: Readonly<Record<string, string | number | readonly string[] | undefined>>,
): readonly OtlpAttribute[] {
  return Object.entries(values).flatMap(([key, value]) =>
    value === undefined || value === '' ? [] : [{ key, value: valueOf(value) }],
  );
}

export function nanosOf(ms: number): string {
  return `${Math.round(ms * 1000)}000`;
}

export function resourceOf({ hubId, build }: ExportSource) {
  return {
    attributes: attributesOf({
      'service.name': 'switchyard',
      'service.version': build,
      'service.instance.id': hubId,
    }),
  };
}

export function scopeOf({ build }: ExportSource) {
  return { name: 'switchyard.hub', version: build };
}

function valueOf(value: string | number | readonly string[]): OtlpValue {
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'number')
    return Number.isSafeInteger(value) ? { intValue: String(value) } : { doubleValue: value };
  return { arrayValue: { values: value.map((one) => ({ stringValue: one })) } };
}
