import { isolated, say } from '../../words/catalogue';

interface Somebody { recipient: string; known: boolean; address: string; institution: string; contact: boolean }

/** Their address, for who may read it; else whose contact they are, or their id. */
export function recipientText({ recipient, known, address, institution, contact }: Somebody): string {
  if (!known) return say('console.notices.gone');
  if (address) return institution ? `${address} · ${institution}` : address;
  return contact ? say('console.notices.contact_of', { institution: isolated(institution) }) : recipient;
}
