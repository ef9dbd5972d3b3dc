import { createHash } from 'node:crypto';

/** The first 16 bytes of the SHA-256 in hexadecimal, as browsers compute it of what they keep. */
export function hashOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex').slice(0, 32);
}
