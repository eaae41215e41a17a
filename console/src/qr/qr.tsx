import { encode } from './encode';

const quiet = 4;  // modules of margin that readers ask for

/** A QR code as one drawing. */
export function Qr({ text, label }: { text: string; label: string }) {
  const modules = encode(text);
  const size = modules.length + 2 * quiet;
  const squares = modules.flatMap((row, y) => row.flatMap((dark, x) => (dark ? [`M${x + quiet} ${y + quiet}h1v1h-1z`] : [])));
  return (
    <svg class="qr" viewBox={`0 0 ${size} ${size}`} role="img" aria-label={label} shape-rendering="crispEdges">
      <rect width={size} height={size} class="paper" /><path d={squares.join('')} class="dots" />
    </svg>
  );
}
