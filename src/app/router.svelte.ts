/** Where the page is. Links are plain `<a href="#/…">`; `go` is for what follows an action. */
import { hrefOf, parseRoute, type Route } from './route.ts';

class Router {
  #route = $state.raw<Route>(parseRoute(location.hash));

  get route() {
    return this.#route;
  }

  start() {
    addEventListener('hashchange', () => {
      this.#route = parseRoute(location.hash);
    });
  }

  go(to: Route | string) {
    location.hash = typeof to === 'string' ? to : hrefOf(to);
  }
}

export const router = new Router();
