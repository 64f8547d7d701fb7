import type { Hub } from '../../contracts/hub-runtime.ts';
import { PROTOCOL_VERSION } from '../../contracts/hub.ts';
import type { Clock, Locks } from '../../contracts/ports.ts';
import { onMessage, type PortLike } from '../wire/messages.ts';
import { parseMessage, type SessionMessage } from '../wire/session-messages.ts';
import { fromWireError, toWireError } from '../wire/wire-error.ts';
import type { HubScope } from './hub-scope.ts';
import { createTabSession, type TabSession } from './tab-session.ts';

export interface AcceptTabsDeps {
  readonly scope: HubScope;
  readonly clock: Clock;
  readonly locks: Locks;
  readonly build: string;
}

const TAB_MESSAGES = ['tab-hello', 'tab-ping', 'tab-goodbye', 'engine-lost'] as const;

/** Greets every tab that connects, serves the welcomed ones, and ends the worker once the hub has retired. */
export function acceptTabs(hub: Hub, deps: AcceptTabsDeps): void {
  const { scope } = deps;
  const ports = new Set<PortLike>();
  const sessions = new Map<string, TabSession>();
  const tellAll = (message: SessionMessage) => ports.forEach((port) => port.postMessage(message, []));
  const report = (error: unknown) => {
    console.error(error);
    tellAll(workerReport(error));
  };

  scope.onUncaughtError(report);
  scope.onTab((port) => {
    const ready: SessionMessage = {
      type: 'hub-ready',
      hubId: hub.hubId,
      protocol: PROTOCOL_VERSION,
      build: deps.build,
    };
    hub.started.then(
      () => {
        ports.add(port);
        attend(port);
        port.postMessage(ready, []);
      },
      (error: unknown) => port.postMessage(workerReport(error), []),
    );
  });
  void hub.whenRetired.then(() => scope.close());

  function attend(port: PortLike): void {
    let session: TabSession | null = null;
    let tabId = '';
    onMessage(port, (data) => {
      const message = parseMessage(data, TAB_MESSAGES);
      if (message?.type === 'tab-hello' && !session) {
        tabId = message.hello.tabId;
        session = welcome(port, message);
      } else if (message?.type === 'tab-ping') {
        const attached = session !== null && sessions.get(tabId) === session;
        port.postMessage({ type: 'hub-pong', id: message.id, attached } satisfies SessionMessage, []);
      } else if (message?.type === 'engine-lost') {
        session?.engineLost(message.engineId, fromWireError(message.error));
      } else if (message?.type === 'tab-goodbye') {
        session?.end();
      }
    });
  }

  function welcome(port: PortLike, message: Extract<SessionMessage, { type: 'tab-hello' }>): TabSession | null {
    const { hello, visible, hubPort, tabPort } = message;
    const answer = hub.hello(hello);
    port.postMessage({ type: 'hub-welcome', welcome: answer } satisfies SessionMessage, []);
    if (answer.type === 'retiring') {
      ports.delete(port);
      tellAll({ type: 'hub-retiring' });
      return null;
    }
    sessions.get(hello.tabId)?.end();
    const { clock, locks } = deps;
    const session = createTabSession({ hub, clock, locks, hello, visible, hubPort, tabPort, onInternalError: report });
    sessions.set(hello.tabId, session);
    void session.ended.then(() => {
      ports.delete(port);
      if (sessions.get(hello.tabId) === session) sessions.delete(hello.tabId);
    });
    return session;
  }
}

function workerReport(error: unknown): SessionMessage {
  return { type: 'worker-report', error: toWireError(error) };
}
