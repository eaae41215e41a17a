#include "store/postgresql/database.h"

#include "store/pool.h"
#include "store/postgresql/connection.h"

namespace nocturn::store::postgresql {
namespace {

constexpr std::size_t kReaders = 4;

class PostgresqlDatabase final : public Database {
 public:
  PostgresqlDatabase(std::unique_ptr<Connection> writer, const std::string& url)
      : writer_(std::move(writer)),
        readers_(kReaders, [url] { return Connection::open(url, Connection::Use::reading); }) {}

  Backend backend() const override { return Backend::postgresql; }

  Status read(const std::function<Status(Reader&)>& work) override {
    const auto reader = TRY(readers_.borrow());
    Connection& connection = **reader;
    Status status = connection.begin();
    if (status) status = work(connection);
    connection.roll_back();
    return status;
  }

 private:
  Status begin() override { return writer_->begin(); }
  Transaction& transaction() override { return *writer_; }
  Status commit() override { return writer_->commit(); }
  void roll_back() override { writer_->roll_back(); }
  void mark() override { mark_ = writer_->writes(); }
  bool touched() const override { return writer_->writes() != mark_ || writer_->aborted(); }
  Status health() const override { return writer_->health(); }
  void tend() override {}
  Status run_script(std::string_view script) override { return writer_->run_script(script); }

  const std::unique_ptr<Connection> writer_;
  Pool<Connection> readers_;
  std::uint64_t mark_ = 0;
};

}  // namespace

Result<std::unique_ptr<Database>> open(const std::string& url) {
  auto writer = TRY(Connection::open(url, Connection::Use::writing));
  return std::make_unique<PostgresqlDatabase>(std::move(writer), url);
}

}  // namespace nocturn::store::postgresql
