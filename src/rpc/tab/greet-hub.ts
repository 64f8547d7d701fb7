import { PROTOCOL_VERSION, type ClientHello, type HubApi } from '../../contracts/hub.ts';
import type { Clock } from '../../contracts/ports.ts';
import { AppError } from '../../errors/index.ts';
import { connect, type Connection } from '../wire/connect.ts';
import { deferred } from '../wire/deferred.ts';
import { onMessage } from '../wire/messages.ts';
import { HUB_METHODS } from '../wire/method-kinds.ts';
import { parseMessage, type SessionMessage } from '../wire/session-messages.ts';
import { fromWireError } from '../wire/wire-error.ts';
import type { Spawned } from './spawn-workers.ts';

export interface GreetDeps {
  readonly spawned: Spawned;
  readonly hello: Omit<ClientHello, 'protocol'>;
  readonly visible: boolean;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Time for the worker to start and to answer. */
  readonly limitMs: number;
  /** True to greet a hub of another build as well, which makes it retire. */
  readonly mayRetire: boolean;
}

export type Greeting =
  | {
      readonly type: 'welcome';
      readonly hubId: string;
      readonly hub: Connection<HubApi>;
      readonly tabPort: MessagePort;
    }
  /** The hub ends once its replies have ended. */
  | { readonly type: 'retiring'; readonly hubId: string }
  /** A hub of another build, which was not greeted. */
  | { readonly type: 'foreign' };

/** Waits for a hub to be up, says hello and hears its answer. Throws `hub/lost` when it fails or takes too long. */
export async function greetHub(deps: GreetDeps): Promise<Greeting> {
  const greeting = deferred<Greeting>();
  const fail = (error: unknown) =>
    greeting.reject(hubLost('The hub could not be started.', error, { reason: 'start' }));
  deps.spawned.onError(fail);
  const waiting = new AbortController();
  const stopListening = onMessage(deps.spawned.port, createGreeter(deps, greeting.resolve, fail));
  const ended = AbortSignal.any([deps.signal, waiting.signal]);
  deps.clock.sleep(deps.limitMs, ended).then(() => fail(new Error(`No answer within ${deps.limitMs / 1000} s.`)), fail);
  try {
    return await greeting.promise;
  } finally {
    waiting.abort();
    stopListening();
  }
}

function createGreeter(deps: GreetDeps, done: (greeting: Greeting) => void, fail: (error: unknown) => void) {
  const { spawned, hello, visible, mayRetire } = deps;
  const hubChannel = new MessageChannel();
  const tabChannel = new MessageChannel();
  let greeted = false;

  const greet = () => {
    greeted = true;
    const [hubPort, tabPort] = [hubChannel.port1, tabChannel.port1];
    const message: SessionMessage = {
      type: 'tab-hello',
      hello: { ...hello, protocol: PROTOCOL_VERSION },
      visible,
      hubPort,
      tabPort,
    };
    spawned.port.postMessage(message, [hubPort, tabPort]);
  };
  return (data: unknown) => {
    const message = parseMessage(data, ['hub-ready', 'hub-welcome', 'worker-report']);
    // Before it is up a report says why it can't start; later ones are about other things.
    if (message?.type === 'worker-report' && !greeted) fail(fromWireError(message.error));
    if (message?.type === 'hub-ready' && !greeted) {
      const isForeign = message.build !== hello.build || message.protocol !== PROTOCOL_VERSION;
      if (isForeign && !mayRetire) done({ type: 'foreign' });
      else greet();
    }
    if (message?.type !== 'hub-welcome' || !greeted) return;
    const { welcome } = message;
    if (welcome.type === 'retiring') {
      done({ type: 'retiring', hubId: welcome.hubId });
    } else {
      const hub = connect<HubApi>(hubChannel.port2, HUB_METHODS);
      done({ type: 'welcome', hubId: welcome.hubId, hub, tabPort: tabChannel.port2 });
    }
  };
}

export function hubLost(message: string, cause?: unknown, details: Record<string, unknown> = {}): AppError {
  const reason = cause instanceof Error ? { message: cause.message } : {};
  return new AppError('hub/lost', message, { details: { ...reason, ...details }, cause });
}
