import type { App } from '../state/app.ts';

/**
 * Keys that work everywhere. Text fields hear their keys first and keep those that an input method owns (input/keys.ts).
 * Esc closes what lies on top before it stops a reply.
 */
export function handleShortcut(app: App, event: KeyboardEvent): void {
  if (event.defaultPrevented || event.isComposing) return;
  const command = event.ctrlKey || event.metaKey;
  if (command && event.shiftKey && event.key.toLowerCase() === 'o') {
    event.preventDefault();
    startNewChat(app);
  } else if (event.key === 'Escape' && event.shiftKey) {
    event.preventDefault();
    app.shell.focusComposer();
  } else if (event.key === 'Escape') {
    escape(app);
  } else if (command && !event.shiftKey && event.key.toLowerCase() === 'z' && !isEditable(event.target)) {
    if (undoLast(app)) event.preventDefault();
  }
}

export function startNewChat(app: App): void {
  app.router.go({ page: 'chat', conversationId: null });
  // The address does not change where a first message is still on its way: it goes on behind, this page is a new one.
  void app.chat.open(null);
  app.shell.setDrawer(false);
  // After the page has changed: from the settings the composer is not there yet.
  setTimeout(() => app.shell.focusComposer());
}

function escape(app: App): void {
  if (document.querySelector(':popover-open, dialog[open]')) return; // The browser closes it.
  if (app.shell.drawerOpen) app.shell.setDrawer(false);
  else if (app.router.route.page === 'chat' && app.chat.busy) void app.chat.stop();
}

function undoLast(app: App): boolean {
  const toast = app.toasts.toasts.findLast((candidate) => candidate.undo !== undefined);
  if (!toast?.undo) return false;
  app.toasts.run(toast.id, toast.undo);
  return true;
}

function isEditable(target: EventTarget | null): boolean {
  return target instanceof HTMLTextAreaElement || target instanceof HTMLInputElement;
}
