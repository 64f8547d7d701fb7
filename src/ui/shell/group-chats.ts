import type { Conversation } from '../../contracts/conversation.ts';

export type ChatGroupName = 'today' | 'yesterday' | 'lastWeek' | 'older';

export interface ChatGroup {
  readonly name: ChatGroupName;
  readonly chats: readonly Conversation[];
}

/** Groups chats, newest first, by the local calendar day of their last message. Empty groups are left out. */
export function groupChats(chats: readonly Conversation[], now: number): ChatGroup[] {
  const groups: Record<ChatGroupName, Conversation[]> = { today: [], yesterday: [], lastWeek: [], older: [] };
  const bounds = { today: dayStart(now, 0), yesterday: dayStart(now, 1), lastWeek: dayStart(now, 7) };
  for (const chat of [...chats].sort((a, b) => b.updatedAt - a.updatedAt)) {
    if (chat.updatedAt >= bounds.today) groups.today.push(chat);
    else if (chat.updatedAt >= bounds.yesterday) groups.yesterday.push(chat);
    else if (chat.updatedAt >= bounds.lastWeek) groups.lastWeek.push(chat);
    else groups.older.push(chat);
  }
  const names: readonly ChatGroupName[] = ['today', 'yesterday', 'lastWeek', 'older'];
  return names.map((name) => ({ name, chats: groups[name] })).filter((group) => group.chats.length > 0);
}

/** By the calendar and not by 24 hours: days of a clock change have 23 or 25. */
function dayStart(now: number, daysBack: number): number {
  const date = new Date(now);
  return new Date(date.getFullYear(), date.getMonth(), date.getDate() - daysBack).getTime();
}
