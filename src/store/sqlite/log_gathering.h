#pragma once

namespace nocturn::store::sqlite {

// The name of a VFS for the connection that writes: the system's own, but the write-ahead log gets
// a transaction's pages in one write, just before the flush that makes them durable. SQLite hands
// each page over in two small writes, none of them aligned, which cost the kernel more than the
// bytes do (bench/ledger_append.cpp: a tenth less time until 64 events are durable).
//
// It relies on what `synchronous=FULL` gives: nobody else looks at a transaction's pages before the
// log was flushed (sqlite.org/wal.html). A write that fails, on a full disk say, fails the flush,
// and with it the commit. Registered at the first call. Thread-safe.
const char* log_gathering();

}  // namespace nocturn::store::sqlite
