export { createClient, type ClientOptions } from './create-client.ts';
export { optionsFromUrl, type HubChoice, type UrlOptions } from './options-from-url.ts';
export type {
  ChatClient,
  ConnectionState,
  GenerateRequest,
  StreamPart,
  SwitchyardClient,
} from './switchyard-client.ts';
