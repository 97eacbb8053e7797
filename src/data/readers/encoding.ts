/** Which encoding a text is in: byte-order marks and valid UTF-8 decide; the rest is chardet's guess. */
import { detect } from 'chardet';

/** A label that TextDecoder knows. @param head the file's first bytes; @param isAll whether that is all of it */
export function encodingOf(head: Uint8Array, isAll: boolean): string {
  const [a, b, c] = head;
  if (a === 0xef && b === 0xbb && c === 0xbf) return 'utf-8';
  if (a === 0xff && b === 0xfe) return 'utf-16le';
  if (a === 0xfe && b === 0xff) return 'utf-16be';
  const utf16 = utf16WithoutMark(head);
  if (utf16) return utf16;
  if (isUtf8(head, isAll)) return 'utf-8';
  return known(detect(head)) ?? 'windows-1252';
}

/** Latin text in UTF-16 has a zero in every other byte. */
function utf16WithoutMark(head: Uint8Array): string | null {
  let even = 0;
  let odd = 0;
  for (let i = 0; i < head.length; i++) {
    if (head[i] !== 0) continue;
    if (i % 2 === 0) even++;
    else odd++;
  }
  if (odd > head.length * 0.2 && even < odd / 20) return 'utf-16le';
  if (even > head.length * 0.2 && odd < even / 20) return 'utf-16be';
  return null;
}

function isUtf8(head: Uint8Array, isAll: boolean): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(head, { stream: !isAll });
    return true;
  } catch {
    return false;
  }
}

function known(label: string | null): string | null {
  if (!label) return null;
  try {
    // GB18030 holds all of GBK; ISO-8859-1 is read as the web does, as windows-1252.
    return new TextDecoder(label).encoding;
  } catch {
    return null;
  }
}
