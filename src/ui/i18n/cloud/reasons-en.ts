import type { ErrorReason } from '../../../contracts/error-reasons.ts';
import type { ErrorText } from '../en.ts';

/** What the code alone does not say. */
export const reasonsEn: Readonly<Record<ErrorReason, ErrorText>> = {
  'missing-secret': {
    title: 'No key is stored for this provider.',
    hint: 'Add the key in the settings, then try again.',
  },
  'key-kind': {
    title: 'This is not the kind of key that is needed here.',
    hint: 'The provider has several kinds of keys. Make an API key in its console and put it in the settings.',
  },
  region: {
    title: 'This key belongs to another region.',
    hint: 'Choose the region where the key was made in the settings of the provider.',
  },
  arrears: {
    title: 'The account of this key has an open bill.',
    hint: 'Pay it at the provider, or choose another model.',
  },
  'free-quota': {
    title: 'The free allowance of this account is used up.',
    hint: 'Switch on paid use in the provider’s console, or choose another model.',
  },
  'not-activated': {
    title: 'This model or service is not switched on for the account.',
    hint: 'Switch it on in the provider’s console, or choose another model.',
  },
  deployment: {
    title: 'There is no deployment of this name.',
    hint: 'Enter the name exactly as the Azure portal shows it. A new deployment takes up to five minutes.',
  },
  retired: {
    title: 'The provider no longer serves this model.',
    hint: 'Choose its successor in the settings, or another model.',
  },
  'api-version': {
    title: 'The server does not know this address or API version.',
    hint: 'Check the address, the API variant and its version in the settings of the provider.',
  },
  'request-too-large': {
    title: 'The request is larger than the provider takes at once.',
    hint: 'Start a new chat, or shorten your message.',
  },
  'entra-only': {
    title: 'This Azure resource takes no keys.',
    hint: 'Its administrator has switched keys off. Allow key access in the Azure portal, or use another resource.',
  },
  firewall: {
    title: 'The provider does not accept requests from this network.',
    hint: 'Its firewall lets only certain addresses in. Ask whoever looks after it, or use another network.',
  },
  organization: {
    title: 'The organisation of this key may not use this model.',
    hint: 'It may have to be verified first in the provider’s console. Or choose another model.',
  },
  'model-loading': { title: 'The server is still loading the model.', hint: 'Wait a moment, then try again.' },
  'stream-only': {
    title: 'This model answers only as a stream.',
    hint: 'In the chat that is always so; callers of the API have to ask for a stream.',
  },
  'token-service': {
    title: 'The provider did not give an access token for this key.',
    hint: 'Check both the API key and the secret key in the settings.',
  },
  'not-supported': { title: 'The provider does not offer this.', hint: 'Choose another model or provider for it.' },
  'not-an-api': {
    title: 'What answers at this address is not the API of a model.',
    hint: 'Check the address: it usually ends in /v1.',
  },
  origin: {
    title: 'The server does not accept requests from this page.',
    hint: 'It has to allow this page first. The connection check shows the command.',
  },
  offline: {
    title: 'This device is offline.',
    hint: 'Models on this device still work. Connect to the network and try again.',
  },
  'mixed-content': {
    title: 'The browser does not let a secure page call an insecure address.',
    hint: 'Use an https address for this provider.',
  },
  'local-network-denied': {
    title: 'The browser does not let this page reach your local network.',
    hint: 'Allow “Local network” in the site settings beside the address bar, then try again.',
  },
  'host-unreachable': {
    title: 'The provider’s server can’t be reached.',
    hint: 'The address may be mistyped, the server down, or this network may block it.',
  },
  cors: {
    title: 'The provider does not let web pages read its answers.',
    hint: 'Set up a proxy of your own in the settings and choose it for this provider.',
  },
  'cors-or-key': {
    title: 'The provider refused the request and hides the reason from web pages.',
    hint: 'Most often the key is wrong. The connection check finds out more.',
  },
  'server-cors-off': {
    title: 'The server does not accept requests from this page.',
    hint: 'It has to allow this page first. The connection check shows the command.',
  },
  redirected: {
    title: 'The server sends requests on to another address.',
    hint: 'Keys are never sent after it. Enter the final address in the settings.',
  },
  'bad-address': {
    title: 'The address of this provider is missing or not valid.',
    hint: 'Correct it in the settings of the provider.',
  },
  'foreign-host': {
    title: 'This address belongs to no provider that is set up.',
    hint: 'Keys go only to the hosts of your providers. Check the address in the settings.',
  },
  'insecure-address': {
    title: 'Keys are not sent over an insecure connection.',
    hint: 'Use an https address; http is only for servers on this device or in its network.',
  },
  'proxy-address': {
    title: 'The address of your proxy is not valid.',
    hint: 'Correct it in the settings, below the list of providers.',
  },
  'proxy-missing': {
    title: 'This provider is to be reached through a proxy, and none is set up.',
    hint: 'Enter the address of your proxy in the settings.',
  },
  'proxy-unreachable': { title: 'Your proxy does not answer.', hint: 'Check its address in the settings.' },
  'proxy-refused': {
    title: 'Your proxy refused to pass the request on.',
    hint: 'Put the provider’s host and the address of this page on its lists.',
  },
  'wrong-passphrase': { title: 'This is not the passphrase.', hint: 'Try again. Upper and lower case count.' },
  'vault-damaged': {
    title: 'The stored keys can’t be opened any more.',
    hint: 'The browser lost or damaged what opens them. Delete all keys under Settings, Keys, and enter them again.',
  },
  'secret-damaged': {
    title: 'This stored key can’t be opened any more.',
    hint: 'Enter it again under Settings, Keys.',
  },
};
