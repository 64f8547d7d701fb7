import { describe, expect, it } from 'vitest';
import { parseMessage } from '../../../src/rpc/wire/session-messages.ts';

const TYPES = ['tab-hello', 'tab-ping', 'engine-lost'] as const;
const hello = { protocol: 1, build: 'b', tabId: 't', engineThreads: 1 };

describe('parseMessage', () => {
  it('[RPC6] gives a message with all its fields', () => {
    const { port1, port2 } = new MessageChannel();
    const message = { type: 'tab-hello', hello, visible: true, hubPort: port1, tabPort: port2 };
    expect(parseMessage(message, TYPES)).toBe(message);
    port1.close();
  });

  it.each([
    ['text', 'tab-ping'],
    ['nothing', null],
    ['a type that is not expected here', { type: 'hub-pong', id: 1, attached: true }],
    ['an unknown type', { type: 'constructor' }],
    ['a missing field', { type: 'tab-ping' }],
    ['a field of the wrong type', { type: 'tab-ping', id: '1' }],
    ['no ports', { type: 'tab-hello', hello, visible: true, hubPort: {}, tabPort: {} }],
    ['an inherited type', Object.create({ type: 'tab-ping', id: 1 })],
    ['an inherited field', Object.assign(Object.create({ id: 1 }), { type: 'tab-ping' })],
  ])('[RPC6] ignores %s', (_what, data) => {
    expect(parseMessage(data, TYPES)).toBeNull();
  });
});
