import { describe, expect, it } from 'vitest';
import type { Conversation } from '../../../src/contracts/conversation.ts';
import { shorten } from '../../../src/ui/shell/delete-chat.ts';
import { groupChats } from '../../../src/ui/shell/group-chats.ts';
import { formatRoute, parseRoute, type Route } from '../../../src/ui/shell/route.ts';
import { createRouterState, type RouterHost } from '../../../src/ui/shell/router-state.svelte.ts';

function fakeHost(hash: string) {
  const listeners = new Set<() => void>();
  const entries: string[] = [hash];
  const host: RouterHost & { entries: string[]; fire(next: string): void } = {
    entries,
    location: {
      get hash() {
        return entries.at(-1) ?? '';
      },
      set hash(value: string) {
        entries.push(value);
      },
    },
    history: { replaceState: (_data, _unused, url) => void (entries[entries.length - 1] = url) },
    addEventListener: (_type, listener) => void listeners.add(listener),
    removeEventListener: (_type, listener) => void listeners.delete(listener),
    fire(next) {
      entries.push(next);
      listeners.forEach((listener) => listener());
    },
  };
  return host;
}

describe('routes', () => {
  it.each<[string, Route]>([
    ['', { page: 'chat', conversationId: null }],
    ['#/', { page: 'chat', conversationId: null }],
    ['#/chat', { page: 'chat', conversationId: null }],
    ['#/chat/', { page: 'chat', conversationId: null }],
    ['#/chat/a%20b', { page: 'chat', conversationId: 'a b' }],
    ['#/settings', { page: 'settings', section: 'general' }],
    ['#/settings/about', { page: 'settings', section: 'about' }],
    ['#/settings/providers', { page: 'settings', section: 'providers' }],
    ['#/settings/providers/my-server', { page: 'settings', section: 'providers', item: 'my-server' }],
    ['#/settings/pools', { page: 'settings', section: 'pools' }],
    ['#/settings/pools/My%20pool', { page: 'settings', section: 'pools', item: 'My pool' }],
    ['#/settings/config', { page: 'settings', section: 'config' }],
    ['#/dashboard', { page: 'dashboard' }],
    ['#/dashboard/x', { page: 'unknown', path: 'dashboard/x' }],
    ['#/settings/keys', { page: 'settings', section: 'keys' }],
    ['#/settings/keys/x', { page: 'unknown', path: 'settings/keys/x' }],
    ['#/settings/providers/a/b', { page: 'unknown', path: 'settings/providers/a/b' }],
    ['#/settings/nosuch', { page: 'unknown', path: 'settings/nosuch' }],
    ['#/models', { page: 'unknown', path: 'models' }],
    ['#/chat/a/b', { page: 'unknown', path: 'chat/a/b' }],
    ['#/%E0%A4%A', { page: 'unknown', path: '%E0%A4%A' }],
  ])('[UI1] %j', (hash, route) => {
    expect(parseRoute(hash)).toEqual(route);
    expect(parseRoute(formatRoute(route))).toEqual(route);
  });

  it('[UI2] a new chat’s id takes the place of its former address in the history', () => {
    const host = fakeHost('#/chat');
    const router = createRouterState(host);
    router.replace({ page: 'chat', conversationId: 'c1' });
    expect(host.entries).toEqual(['#/chat/c1']);
    expect(router.route).toEqual({ page: 'chat', conversationId: 'c1' });
    host.fire('#/settings/general');
    expect(router.route.page).toBe('settings');
    router.dispose();
    host.fire('#/chat');
    expect(router.route.page).toBe('settings');
  });
});

describe('the list of chats', () => {
  const now = new Date(2026, 10, 24, 0, 30).getTime();
  const chat = (id: string, at: Date): Conversation => ({
    id,
    title: id,
    titleSource: 'auto',
    createdAt: 0,
    updatedAt: at.getTime(),
    activeLeafId: null,
  });

  it('[UI3] groups by calendar days of the last message, newest first, without empty groups', () => {
    const groups = groupChats(
      [
        chat('eve', new Date(2026, 10, 23, 23, 59)),
        chat('early', new Date(2026, 10, 24, 0, 1)),
        chat('late', new Date(2026, 10, 24, 0, 20)),
        chat('week', new Date(2026, 10, 17, 0, 0)),
        chat('old', new Date(2026, 10, 16, 23, 59)),
      ],
      now,
    );
    expect(groups.map((group) => [group.name, group.chats.map((item) => item.id)])).toEqual([
      ['today', ['late', 'early']],
      ['yesterday', ['eve']],
      ['lastWeek', ['week']],
      ['older', ['old']],
    ]);
    expect(groupChats([], now)).toEqual([]);
  });

  it('[UI4] long titles are cut between characters as people see them', () => {
    const family = '👨‍👩‍👧';
    expect(shorten('short')).toBe('short');
    expect(shorten(family.repeat(41))).toBe(`${family.repeat(39)}…`);
  });
});
