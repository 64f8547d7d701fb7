import { fieldsOf, listOf, numberOf, textOf, type Fields } from './fields.ts';
import type { ProviderWords } from './provider-error.ts';

/**
 * The provider's words in a body, in every spelling that is known: `{error:{message,type,param,code}}`, `{error:"…"}`,
 * `{code,message,request_id}`, `{error_code,error_msg}`, `{statusCode,message}`, `{detail}`, a list of one of these, plain
 * text. Of an HTML page only its title.
 */
export function wordsOf(json: unknown, text: string): ProviderWords {
  const body = fieldsOf(json) ?? fieldsOf(listOf(json)?.[0]);
  if (!body) return { message: /^\s*</u.test(text) ? titleOf(text) : text.trim() };
  const error = fieldsOf(body['error']) ?? fieldsOf(fieldsOf(body['response'])?.['error']);
  const requestId = textOf(body['request_id']) ?? textOf(body['id']);
  return {
    ...(error ? wordsOfError(error) : wordsOfFlat(body, text)),
    ...(requestId === undefined || requestId === '' ? {} : { requestId }),
  };
}

/** Whether a body of status 200, or an event of a stream, tells of a failure. */
export function tellsFailure(body: Fields): boolean {
  if (Object.keys(fieldsOf(body['error']) ?? {}).length > 0 || (textOf(body['error']) ?? '') !== '') return true;
  if (body['choices'] !== undefined || body['data'] !== undefined) return false;
  if ((numberOf(body['error_code']) ?? 0) !== 0) return true;
  return codeOf(body['code']) !== undefined && (textOf(body['message']) ?? '') !== '';
}

function wordsOfError(error: Fields): ProviderWords {
  return {
    ...optional('code', codeOf(error['code'])),
    ...optional('type', textOf(error['type'])),
    ...optional('parameter', textOf(error['param'])),
    message: textOf(error['message']) ?? textOf(error['msg']) ?? asJson(error),
  };
}

function wordsOfFlat(body: Fields, text: string): ProviderWords {
  const detail = listOf(body['detail']) ?? listOf(fieldsOf(body['message'])?.['detail']);
  if (detail) return wordsOfDetail(detail);
  return {
    ...optional('code', codeOf(body['code']) ?? codeOf(body['error_code']) ?? codeOf(body['statusCode'])),
    ...optional('type', textOf(body['type'])),
    ...optional('parameter', textOf(body['param'])),
    message:
      textOf(body['error']) ??
      textOf(body['message']) ??
      textOf(body['error_msg']) ??
      textOf(body['error_description']) ??
      textOf(body['detail']) ??
      text.trim(),
  };
}

/** FastAPI's list of what is wrong: `loc` ends with the field. */
function wordsOfDetail(detail: readonly unknown[]): ProviderWords {
  const first = fieldsOf(detail[0]);
  return {
    ...optional('type', textOf(first?.['type'])),
    ...optional('parameter', textOf(listOf(first?.['loc'])?.at(-1))),
    message: textOf(first?.['msg']) ?? asJson(detail),
  };
}

/** Servers write codes as text or as a number, and success as an empty text. */
function codeOf(value: unknown): string | undefined {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function optional<Key extends 'code' | 'type' | 'parameter'>(
  key: Key,
  value: string | undefined,
): { readonly [K in Key]?: string } {
  return value === undefined ? {} : ({ [key]: value } as { readonly [K in Key]?: string });
}

function titleOf(html: string): string {
  return /<title[^>]*>([^<]{0,200})/iu.exec(html)?.[1]?.trim() ?? '';
}

function asJson(value: unknown): string {
  return JSON.stringify(value).slice(0, 1000);
}
