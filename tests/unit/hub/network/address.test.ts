import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addressSpaceOf, isPrivateName, parseAddress } from '../../../../src/hub/network/address.ts';

const spaceOf = (url: string): string => addressSpaceOf(new URL(url).hostname);

describe('addresses', () => {
  it.each([
    ['http://127.0.0.1:1', 'loopback'],
    ['http://127.255.0.9', 'loopback'],
    ['http://2130706433', 'loopback'],
    ['http://0x7f.1', 'loopback'],
    ['http://0177.0.0.1', 'loopback'],
    ['http://[::1]:80', 'loopback'],
    ['http://[::ffff:127.0.0.1]', 'loopback'],
    ['http://localhost:11434', 'loopback'],
    ['http://app.localhost', 'loopback'],
    ['http://10.1.2.3', 'local'],
    ['http://172.16.0.1', 'local'],
    ['http://172.31.255.255', 'local'],
    ['http://192.168.1.5', 'local'],
    ['http://169.254.0.1', 'local'],
    ['http://[fe80::1]', 'local'],
    ['http://[fd12::1]', 'local'],
    ['http://[::ffff:10.0.0.1]', 'local'],
    ['http://nas.local', 'local'],
    ['http://nas', 'local'],
    ['http://nas.home.arpa', 'local'],
    ['http://172.15.0.1', 'public'],
    ['http://172.32.0.1', 'public'],
    ['http://11.0.0.1', 'public'],
    ['http://[2001:db8::1]', 'public'],
    ['http://[::ffff:8.8.8.8]', 'public'],
    ['http://0.0.0.0', 'public'],
    ['http://example.com', 'public'],
    ['http://localhost.example.com', 'public'],
    ['http://127.0.0.1.example.com', 'public'],
    ['http://notlocal', 'local'],
    ['http://x.notlocal', 'public'],
  ])('[NET1] %s is %s', (url, space) => {
    expect(spaceOf(url)).toBe(space);
  });

  it('[NET1] only names that a browser can’t place have to be declared', () => {
    expect(['nas', 'nas.lan', 'x.internal'].every(isPrivateName)).toBe(true);
    expect(['localhost', 'nas.local', '10.0.0.1', '[fe80::1]', 'example.com'].some(isPrivateName)).toBe(false);
  });

  it.each([
    ['', 'bad-address'],
    ['api.openai.com/v1', 'bad-address'],
    ['ftp://example.com', 'bad-address'],
    ['javascript:alert(1)', 'bad-address'],
    ['https://user:secret@example.com', 'bad-address'],
    ['https://user@example.com', 'bad-address'],
    ['http://example.com/v1', 'insecure-address'],
    ['http://8.8.8.8/', 'insecure-address'],
  ])('[NET2] refuses %j as %s without repeating a password', (address, reason) => {
    const refuse = (): URL => parseAddress(address);
    expect(refuse).toThrow(expect.objectContaining({ code: 'config/invalid' }) as Error);
    expect(refuse).toThrow(
      expect.objectContaining({ details: expect.objectContaining({ reason }) as unknown }) as Error,
    );
    expect(refuse).not.toThrow(/secret/u);
  });

  it('[NET2] whatever is accepted is https, or http to a host that is not public (property)', () => {
    const host = fc.oneof(
      fc.domain(),
      fc.ipV4(),
      fc.ipV6().map((ip) => `[${ip}]`),
      fc.constantFrom('localhost', 'nas', '0x7f.1'),
    );
    fc.assert(
      fc.property(
        fc.constantFrom('http', 'https', 'HTTP'),
        fc.constantFrom('', 'u@', 'u:p@'),
        host,
        (scheme, user, name) => {
          let url: URL;
          try {
            url = parseAddress(`${scheme}://${user}${name}/v1`);
          } catch {
            return;
          }
          expect(url.username + url.password).toBe('');
          if (url.protocol === 'http:') expect(addressSpaceOf(url.hostname)).not.toBe('public');
        },
      ),
    );
  });
});
