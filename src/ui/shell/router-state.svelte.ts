import { formatRoute, parseRoute, type Route } from './route.ts';

/** What the router needs of `window`. */
export interface RouterHost {
  readonly location: { hash: string };
  readonly history: { replaceState(data: unknown, unused: string, url: string): void };
  addEventListener(type: 'hashchange', listener: () => void): void;
  removeEventListener(type: 'hashchange', listener: () => void): void;
}

/** The page that is shown, kept in the location's hash. */
export class RouterState {
  readonly #host: RouterHost;
  #route = $state.raw<Route>({ page: 'chat', conversationId: null });

  constructor(host: RouterHost) {
    this.#host = host;
    this.#route = parseRoute(host.location.hash);
    host.addEventListener('hashchange', this.#read);
  }

  get route(): Route {
    return this.#route;
  }

  go(route: Route): void {
    this.#host.location.hash = formatRoute(route);
    this.#route = route;
  }

  /** Without an entry in the history: Back must not lead to a new chat's former address. */
  replace(route: Route): void {
    this.#host.history.replaceState(null, '', formatRoute(route));
    this.#route = route;
  }

  dispose(): void {
    this.#host.removeEventListener('hashchange', this.#read);
  }

  readonly #read = (): void => {
    const next = parseRoute(this.#host.location.hash);
    if (formatRoute(next) !== formatRoute(this.#route)) this.#route = next;
  };
}

export function createRouterState(host: RouterHost): RouterState {
  return new RouterState(host);
}
