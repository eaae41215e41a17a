// Command ledger_checker checks a Nocturn ledger without a line of Nocturn: it is built on the
// primitives of golang.org/x/mod/sumdb (open a note, hash, recompute, check a proof) and reads the
// public files of the ledger from a folder.
//
// It hashes every entry, recomputes every node from them, and compares each tile of each level
// and the signed root with the result. It does not use the package's tile reader, which accepts an
// entry and its tile forged together (GO-2026-6179).
package main

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const tileWidth = 256

type head struct {
	size int64
	root tlog.Hash
}

func openCheckpoint(text []byte, verifier note.Verifier) (head, error) {
	opened, err := note.Open(text, note.VerifierList(verifier))
	if err != nil {
		return head{}, err
	}
	lines := strings.Split(opened.Text, "\n")
	if len(lines) < 4 || lines[0] != verifier.Name() {
		return head{}, fmt.Errorf("not a checkpoint of %s", verifier.Name())
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil || size < 0 || strconv.FormatInt(size, 10) != lines[1] {
		return head{}, fmt.Errorf("malformed size %q", lines[1])
	}
	root, err := tlog.ParseHash(lines[2])
	return head{size, root}, err
}

// tilePath spells the path of the tile of the given level ("entries" or a number).
func tilePath(level string, index, width int64) string {
	number := fmt.Sprintf("%03d", index%1000)
	for index >= 1000 {
		index /= 1000
		number = fmt.Sprintf("x%03d/%s", index%1000, number)
	}
	path := "tile/" + level + "/" + number
	if width < tileWidth {
		path += fmt.Sprintf(".p/%d", width)
	}
	return path
}

// eachTile calls visit for each tile of a level that has so many hashes.
func eachTile(hashes int64, visit func(index, width int64) error) error {
	for index := int64(0); index*tileWidth < hashes; index++ {
		width := hashes - index*tileWidth
		if width > tileWidth {
			width = tileWidth
		}
		if err := visit(index, width); err != nil {
			return err
		}
	}
	return nil
}

type ledger struct {
	folder string
	stored []tlog.Hash       // every node, in the order of tlog.StoredHashIndex
	leaves []tlog.Hash       // of the entries
	last   map[string]uint64 // sequence number of each source's last entry
}

func (l *ledger) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	found := make([]tlog.Hash, len(indexes))
	for i, index := range indexes {
		if index >= int64(len(l.stored)) {
			return nil, fmt.Errorf("node %d is not there", index)
		}
		found[i] = l.stored[index]
	}
	return found, nil
}

func (l *ledger) add(leaf []byte) error {
	var envelope struct{ Source, Seq string }
	if err := json.Unmarshal(leaf, &envelope); err != nil {
		return fmt.Errorf("entry %d: %v", len(l.leaves), err)
	}
	sequence, err := strconv.ParseUint(envelope.Seq, 10, 64)
	if err != nil || sequence != l.last[envelope.Source]+1 {
		return fmt.Errorf("entry %d: %s skips from %d to %s", len(l.leaves), envelope.Source,
			l.last[envelope.Source], envelope.Seq)
	}
	l.last[envelope.Source] = sequence
	hash := tlog.RecordHash(leaf)
	nodes, err := tlog.StoredHashesForRecordHash(int64(len(l.leaves)), hash, l)
	if err != nil {
		return err
	}
	l.leaves = append(l.leaves, hash)
	l.stored = append(l.stored, nodes...)
	return nil
}

func (l *ledger) readEntries(size int64) error {
	return eachTile(size, func(index, width int64) error {
		path := tilePath("entries", index, width)
		bundle, err := os.ReadFile(filepath.Join(l.folder, path))
		if err != nil {
			return err
		}
		for i := int64(0); i < width; i++ {
			if len(bundle) < 2 || len(bundle)-2 < int(binary.BigEndian.Uint16(bundle)) {
				return fmt.Errorf("%s is cut off", path)
			}
			end := 2 + int(binary.BigEndian.Uint16(bundle))
			if err := l.add(bundle[2:end]); err != nil {
				return err
			}
			bundle = bundle[end:]
		}
		if len(bundle) != 0 {
			return fmt.Errorf("%s has bytes left over", path)
		}
		return nil
	})
}

func (l *ledger) compareTiles(size int64) (compared int, err error) {
	for level, hashes := 0, size; hashes > 0; level, hashes = level+1, hashes/tileWidth {
		err = eachTile(hashes, func(index, width int64) error {
			path := tilePath(strconv.Itoa(level), index, width)
			tile, err := os.ReadFile(filepath.Join(l.folder, path))
			if err != nil {
				return err
			}
			var expected []byte
			for i := int64(0); i < width; i++ {
				node := l.stored[tlog.StoredHashIndex(8*level, index*tileWidth+i)]
				expected = append(expected, node[:]...)
			}
			if !bytes.Equal(tile, expected) {
				return fmt.Errorf("%s is not what the entries hash to", path)
			}
			compared++
			return nil
		})
		if err != nil {
			return compared, err
		}
	}
	return compared, nil
}

func parseHashes(lines []string) ([]tlog.Hash, error) {
	var hashes []tlog.Hash
	for _, line := range lines {
		bytes, err := base64.StdEncoding.DecodeString(line)
		if err != nil || len(bytes) != tlog.HashSize {
			return nil, fmt.Errorf("%q is not a hash", line)
		}
		var hash tlog.Hash
		copy(hash[:], bytes)
		hashes = append(hashes, hash)
	}
	return hashes, nil
}

// checkProof checks a c2sp.org/tlog-proof@v1 of one entry.
func (l *ledger) checkProof(file string, verifier note.Verifier) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	parts := strings.SplitN(string(text), "\n\n", 2)
	lines := strings.Split(parts[0], "\n")
	if len(parts) != 2 || len(lines) < 2 || lines[0] != "c2sp.org/tlog-proof@v1" {
		return fmt.Errorf("%s: not a proof", file)
	}
	index, err := strconv.ParseInt(strings.TrimPrefix(lines[1], "index "), 10, 64)
	if err != nil || index < 0 || index >= int64(len(l.leaves)) {
		return fmt.Errorf("%s: malformed index", file)
	}
	path, err := parseHashes(lines[2:])
	if err != nil {
		return err
	}
	signed, err := openCheckpoint([]byte(parts[1]), verifier)
	if err != nil {
		return err
	}
	return tlog.CheckRecord(path, signed.size, signed.root, index, l.leaves[index])
}

// checkKept checks that the log begins with what a kept checkpoint covered, by the entries and, if
// there is one, by the ledger's own consistency proof.
func (l *ledger) checkKept(now head, keptFile, proofFile string, verifier note.Verifier) error {
	text, err := os.ReadFile(keptFile)
	if err != nil {
		return err
	}
	kept, err := openCheckpoint(text, verifier)
	if err != nil {
		return err
	}
	if kept.size > now.size {
		return fmt.Errorf("the kept checkpoint has %d entries, the ledger %d", kept.size, now.size)
	}
	if root, err := tlog.TreeHash(kept.size, l); err != nil || root != kept.root {
		return fmt.Errorf("the first %d entries are not those of the kept checkpoint", kept.size)
	}
	if proofFile == "" {
		return nil
	}
	lines, err := os.ReadFile(proofFile)
	if err != nil {
		return err
	}
	path, err := parseHashes(strings.Fields(string(lines)))
	if err != nil {
		return err
	}
	return tlog.CheckTree(path, now.size, now.root, kept.size, kept.root)
}

func run() error {
	folder := flag.String("folder", "", "folder with checkpoint and tiles")
	key := flag.String("vkey", "", "verifier key")
	kept := flag.String("kept", "", "file of a checkpoint kept from earlier")
	consistency := flag.String("consistency", "", "file of hashes that lead from it to the newest")
	flag.Parse()
	verifier, err := note.NewVerifier(*key)
	if err != nil {
		return err
	}
	text, err := os.ReadFile(filepath.Join(*folder, "checkpoint"))
	if err != nil {
		return err
	}
	signed, err := openCheckpoint(text, verifier)
	if err != nil {
		return err
	}
	l := &ledger{folder: *folder, last: map[string]uint64{}}
	if err := l.readEntries(signed.size); err != nil {
		return err
	}
	root, err := tlog.TreeHash(signed.size, l)
	if err != nil {
		return err
	}
	if root != signed.root {
		return fmt.Errorf("the signed root is not that of the entries")
	}
	compared, err := l.compareTiles(signed.size)
	if err != nil {
		return err
	}
	for _, file := range flag.Args() {
		if err := l.checkProof(file, verifier); err != nil {
			return err
		}
	}
	if *kept != "" {
		if err := l.checkKept(signed, *kept, *consistency, verifier); err != nil {
			return err
		}
	}
	fmt.Printf("%d entries, %d tiles, %d proofs: sound\n", signed.size, compared, flag.NArg())
	return nil
}

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
