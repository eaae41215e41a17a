// The server under TLS, against OpenSSL's own client and against peers that speak none.
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <thread>

#include <gtest/gtest.h>

#include "net/http_server_test_client.h"

namespace nocturn::net {
namespace {

using std::chrono::milliseconds;
using testing::get;
using testing::RawClient;
using testing::TestServer;

// A new EC P-256 key with a certificate it signed itself, in a folder of its own.
class Certificate {
 public:
  explicit Certificate(std::chrono::seconds lifetime = std::chrono::hours(1)) {
    char folder[] = "/tmp/nocturn-tls-XXXXXX";
    CHECK(::mkdtemp(folder) != nullptr);
    folder_ = folder;
    files = {folder_ + "/certificate.pem", folder_ + "/key.pem"};
    EVP_PKEY* key = EVP_EC_gen("P-256");
    X509* certificate = X509_new();
    X509_set_version(certificate, X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
    X509_gmtime_adj(X509_getm_notBefore(certificate), -7200);
    X509_gmtime_adj(X509_getm_notAfter(certificate), lifetime.count());
    X509_NAME* name = X509_get_subject_name(certificate);
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                               reinterpret_cast<const unsigned char*>("localhost"), -1, -1, 0);
    X509_set_issuer_name(certificate, name);
    X509_set_pubkey(certificate, key);
    CHECK(X509_sign(certificate, key, EVP_sha256()) > 0);
    save(files.certificate, [&](FILE* file) { return PEM_write_X509(file, certificate); });
    save(files.key, [&](FILE* file) {
      return PEM_write_PrivateKey(file, key, nullptr, nullptr, 0, nullptr, nullptr);
    });
    X509_free(certificate);
    EVP_PKEY_free(key);
  }
  ~Certificate() { std::filesystem::remove_all(folder_); }

  TlsFiles files;

 private:
  template <class Writer>
  void save(const std::string& path, Writer writer) {
    FILE* file = std::fopen(path.c_str(), "w");
    CHECK(file != nullptr && writer(file) == 1);
    std::fclose(file);
  }
  std::string folder_;
};

// A blocking TLS client on top of a RawClient's connection.
class TlsClient {
 public:
  explicit TlsClient(const std::string& address, int version = 0, SSL_SESSION* session = nullptr)
      : raw_(address), context_(SSL_CTX_new(TLS_client_method())), ssl_(SSL_new(context_)) {
    if (version != 0) {
      SSL_set_min_proto_version(ssl_, version);
      SSL_set_max_proto_version(ssl_, version);
    }
    if (session != nullptr) SSL_set_session(ssl_, session);
    SSL_set_fd(ssl_, raw_.descriptor());
    connected = SSL_connect(ssl_) == 1;
    ERR_clear_error();
  }
  ~TlsClient() {
    SSL_free(ssl_);
    SSL_CTX_free(context_);
  }
  TlsClient(const TlsClient&) = delete;
  TlsClient& operator=(const TlsClient&) = delete;

  void send(std::string_view bytes) {
    EXPECT_EQ(SSL_write(ssl_, bytes.data(), static_cast<int>(bytes.size())),
              static_cast<int>(bytes.size()));
  }
  std::string read(std::size_t size) {
    std::string out(size, '\0');
    std::size_t have = 0;
    while (have < size) {
      const int count = SSL_read(ssl_, out.data() + have, static_cast<int>(size - have));
      if (count <= 0) break;
      have += static_cast<std::size_t>(count);
    }
    out.resize(have);
    return out;
  }
  // Reads to the end of a known body.
  std::string read_until(std::string_view end) {
    std::string out;
    while (!out.ends_with(end)) {
      const std::string byte = read(1);
      if (byte.empty()) break;
      out += byte;
    }
    return out;
  }
  SSL* ssl() { return ssl_; }
  bool connected = false;

 private:
  RawClient raw_;
  SSL_CTX* context_;
  SSL* ssl_;
};

class HttpServerTls : public ::testing::Test {
 protected:
  static ServerOptions options(const Certificate& certificate) {
    ServerOptions result;
    result.tls = certificate.files;
    result.limits.head_time = milliseconds(500);
    return result;
  }
  Certificate certificate;
  TestServer test{options(certificate)};
};

TEST_F(HttpServerTls, serves_pages_over_1_2_and_1_3_and_nothing_older) {
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    TlsClient client(test.server->address(), version);
    ASSERT_TRUE(client.connected);
    for (int i = 0; i < 3; ++i) {
      client.send(get("/"));
      const std::string head = client.read_until("\r\n\r\n");
      EXPECT_TRUE(head.starts_with("HTTP/1.1 200 OK\r\nDate: ")) << head;
      EXPECT_EQ(client.read(TestServer::home().size()), TestServer::home());
    }
    client.send(get("/who"));
    EXPECT_TRUE(client.read_until("local false\n").contains("secure true"));
  }
  EXPECT_FALSE(TlsClient(test.server->address(), TLS1_1_VERSION).connected);
}

TEST_F(HttpServerTls, answers_requests_that_arrive_in_one_record_or_in_many) {
  TlsClient client(test.server->address());
  std::string many;
  for (int i = 0; i < 40; ++i) many += get(i % 2 == 0 ? "/tiny" : "/who");
  client.send(many);
  for (int i = 0; i < 40; ++i) client.read_until(i % 2 == 0 ? "\r\n\r\nx" : "local false\n");
  // Forty records at once: more than one turn takes, and no readiness tells of the rest.
  for (int i = 0; i < 40; ++i) client.send(get("/tiny"));
  for (int i = 0; i < 40; ++i) EXPECT_TRUE(client.read_until("\r\n\r\nx").ends_with("x"));
}

TEST_F(HttpServerTls, takes_a_large_body) {
  TlsClient client(test.server->address());
  const std::string body(500'000, 'b');
  client.send("POST /p HTTP/1.1\r\nHost: t\r\nContent-Length: 500000\r\n\r\n" + body);
  client.read_until("local false\n");
  EXPECT_EQ(client.read(body.size()), body);
}

TEST_F(HttpServerTls, resumes_sessions_by_ticket) {
  TlsClient first(test.server->address());
  first.send(get("/tiny"));
  first.read_until("\r\n\r\nx");  // tickets come with the first answer
  SSL_SESSION* session = SSL_get1_session(first.ssl());
  ASSERT_TRUE(SSL_SESSION_is_resumable(session));
  TlsClient second(test.server->address(), 0, session);
  EXPECT_TRUE(second.connected);
  EXPECT_EQ(SSL_session_reused(second.ssl()), 1);
  second.send(get("/tiny"));
  EXPECT_TRUE(second.read_until("\r\n\r\nx").ends_with("x"));
  SSL_SESSION_free(session);
}

TEST_F(HttpServerTls, ends_peers_that_speak_no_tls_or_never_finish_the_handshake) {
  for (const std::string_view garbage :
       {"GET / HTTP/1.1\r\nHost: t\r\n\r\n", "\x16\x03\x01\xff\xff garbage garbage garbage", ""}) {
    RawClient client = test.connect();
    client.send(garbage);
    client.read_until("nothing sensible comes");  // perhaps an alert
    EXPECT_TRUE(client.at_end());
  }
  RawClient drip = test.connect();
  const std::string hello("\x16\x03\x01\x02\x00\x01", 6);
  drip.send(hello);
  for (int i = 0; i < 100 && drip.send("a"); ++i) std::this_thread::sleep_for(milliseconds(20));
  EXPECT_FALSE(drip.send("a"));
  TlsClient client(test.server->address());
  EXPECT_TRUE(client.connected);
}

// What the server shows, as DER.
std::string shown_certificate(TlsClient& client) {
  X509* certificate = SSL_get1_peer_certificate(client.ssl());
  if (certificate == nullptr) return "";
  unsigned char* bytes = nullptr;
  const int size = i2d_X509(certificate, &bytes);
  std::string der(reinterpret_cast<char*>(bytes), static_cast<std::size_t>(size));
  OPENSSL_free(bytes);
  X509_free(certificate);
  return der;
}

void put_in_place(const TlsFiles& renewed, const TlsFiles& place) {
  namespace fs = std::filesystem;
  fs::copy_file(renewed.certificate, place.certificate, fs::copy_options::overwrite_existing);
  fs::copy_file(renewed.key, place.key, fs::copy_options::overwrite_existing);
}

TEST_F(HttpServerTls, takes_a_renewed_certificate_and_keeps_the_old_one_when_that_is_wrong) {
  namespace fs = std::filesystem;
  TlsClient before(test.server->address());
  const std::string old = shown_certificate(before);
  const Certificate renewed;
  fs::copy_file(renewed.files.certificate, certificate.files.certificate,
                fs::copy_options::overwrite_existing);
  const Status half = test.server->renew_certificate();  // the key is still the old one
  ASSERT_FALSE(half);
  EXPECT_TRUE(half.error().text().contains("mismatch")) << half.error().text();
  TlsClient meanwhile(test.server->address());
  EXPECT_EQ(shown_certificate(meanwhile), old);
  fs::copy_file(renewed.files.key, certificate.files.key, fs::copy_options::overwrite_existing);
  ASSERT_TRUE(test.server->renew_certificate());
  TlsClient after(test.server->address());
  EXPECT_NE(shown_certificate(after), old);
  before.send(get("/tiny"));  // goes on with what it began with
  EXPECT_TRUE(before.read_until("\r\n\r\n").starts_with("HTTP/1.1 200"));
}

TEST_F(HttpServerTls, resumes_sessions_that_began_before_the_certificate_was_renewed) {
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    TlsClient before(test.server->address(), version);
    before.send(get("/tiny"));
    before.read_until("\r\n\r\nx");
    SSL_SESSION* session = SSL_get1_session(before.ssl());
    for (int renewals = 0; renewals < 2; ++renewals) {
      put_in_place(Certificate().files, certificate.files);
      ASSERT_TRUE(test.server->renew_certificate());
    }
    TlsClient after(test.server->address(), version, session);
    ASSERT_TRUE(after.connected);
    EXPECT_EQ(SSL_session_reused(after.ssl()), 1);
    SSL_SESSION_free(session);
  }
}

TEST_F(HttpServerTls, keeps_a_certificate_that_holds_when_the_one_on_disk_has_ended) {
  const auto ends = test.server->certificate_ends();
  put_in_place(Certificate(std::chrono::seconds(-60)).files, certificate.files);
  const Status renewed = test.server->renew_certificate();
  ASSERT_FALSE(renewed);
  EXPECT_TRUE(renewed.error().text().contains("this certificate ended on 20"));
  EXPECT_EQ(test.server->certificate_ends(), ends);
  put_in_place(Certificate(std::chrono::hours(48)).files, certificate.files);
  EXPECT_TRUE(test.server->renew_certificate());
  EXPECT_GT(test.server->certificate_ends(), ends);
}

TEST_F(HttpServerTls, streams_events) {
  TlsClient client(test.server->address());
  client.send(get("/events"));
  client.read_until("retry: 3000\n\n");
  test.server->broadcast({1, "row", "x"});
  EXPECT_EQ(client.read_until("\n\n"), "id: 1\nevent: row\ndata: x\n\n");
}

TEST_F(HttpServerTls, satisfies_curl) {
  const std::string command = fmt::format(
      "curl -sS --http1.1 --compressed --cacert {} --connect-to localhost::{} "
      "https://localhost/ https://localhost/tiny -w '%{{http_code}} %{{num_connects}}\\n'",
      certificate.files.certificate, test.server->address());
  FILE* pipe = ::popen(command.c_str(), "r");
  ASSERT_NE(pipe, nullptr);
  std::string output;
  std::array<char, 4096> buffer;
  for (std::size_t count; (count = std::fread(buffer.data(), 1, buffer.size(), pipe)) > 0;)
    output.append(buffer.data(), count);
  EXPECT_EQ(::pclose(pipe), 0);
  EXPECT_EQ(output, TestServer::home() + "200 1\nx200 0\n");
}

}  // namespace
}  // namespace nocturn::net
