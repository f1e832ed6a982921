// A PostgreSQL server of the test's own: in a temporary directory, on the loopback interface, with
// a password, as an unprivileged user where the test runs as root; ended by its process id.
#pragma once

#include <arpa/inet.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <random>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "ledger/sql.h"

namespace stowaway::ledger::testing {

class Server {
 public:
  // The folder with `postgres` and `initdb`; "" where the package is missing.
  static std::string programs() {
    std::string newest;
    std::error_code none;
    for (const auto& entry : std::filesystem::directory_iterator("/usr/lib/postgresql", none))
      if (const auto folder = entry.path() / "bin"; std::filesystem::exists(folder / "postgres"))
        newest = std::max(newest, folder.string());
    return newest;
  }

  Server() {
    std::string folder = (std::filesystem::temp_directory_path() / "stowaway-pg-XXXXXX").string();
    if (::mkdtemp(folder.data()) == nullptr) throw std::runtime_error("no temporary directory");
    folder_ = folder;
    password_ = std::to_string(std::random_device{}()) + std::to_string(std::random_device{}());
    std::ofstream(folder_ + "/password") << password_ << "\n";
    give_to_user();
    port_ = free_port();
    const int made = waitpid_of(start(
        {programs() + "/initdb", "-D", folder_ + "/data", "-U", "tester", "--auth=scram-sha-256",
         "--pwfile=" + folder_ + "/password", "--encoding=UTF8", "--no-sync"}));
    if (made != 0) throw std::runtime_error("initdb failed; see " + folder_ + "/log");
    // fsync stays off: what a crash of the machine does is not what is tested.
    server_ =
        start({programs() + "/postgres", "-D", folder_ + "/data", "-p", std::to_string(port_), "-c",
               "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=", "-c", "fsync=off"});
    wait_until_it_answers();
  }

  ~Server() {
    if (server_ > 0) {
      ::kill(server_, SIGINT);  // fast shutdown
      ::waitpid(server_, nullptr, 0);
    }
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  // `schema` is made where it is missing.
  std::string url(const std::string& schema) const {
    const std::string base =
        "postgresql://tester:" + password_ + "@127.0.0.1:" + std::to_string(port_) + "/postgres";
    if (schema.empty()) return base;
    auto database = sql::Database::open(base, sql::Access::read_write);
    if (!database || !database->run("CREATE SCHEMA IF NOT EXISTS " + schema))
      throw std::runtime_error("cannot make a schema");
    return base + "?options=-csearch_path%3D" + schema;
  }

 private:
  static int free_port() {
    const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    ::bind(socket, reinterpret_cast<sockaddr*>(&address), size);
    ::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size);
    ::close(socket);
    return ntohs(address.sin_port);
  }

  void give_to_user() {
    if (::geteuid() != 0) return;
    const passwd* user = ::getpwnam("nobody");
    if (user == nullptr) throw std::runtime_error("no unprivileged user");
    user_ = user->pw_uid;
    group_ = user->pw_gid;
    for (const std::string& path : {folder_, folder_ + "/password"})
      if (::chown(path.c_str(), user_, group_) != 0) throw std::runtime_error("chown failed");
  }

  pid_t start(const std::vector<std::string>& arguments) const {
    std::vector<char*> pointers;
    for (const std::string& argument : arguments)
      pointers.push_back(const_cast<char*>(argument.c_str()));
    pointers.push_back(nullptr);
    const std::string log = folder_ + "/log";
    const pid_t child = ::fork();
    if (child != 0) return child;
    if (user_ != 0 &&
        (::setgroups(0, nullptr) != 0 || ::setgid(group_) != 0 || ::setuid(user_) != 0))
      ::_exit(126);
    // Whatever ends the test ends the server; after setuid, which would undo it.
    ::prctl(PR_SET_PDEATHSIG, SIGINT);
    const int file = ::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
    ::dup2(file, 1);
    ::dup2(file, 2);
    if (::chdir(folder_.c_str()) == 0) ::execv(pointers[0], pointers.data());
    ::_exit(127);
  }

  static int waitpid_of(pid_t child) {
    int status = 0;
    ::waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
  }

  void wait_until_it_answers() const {
    for (int i = 0; i < 300; ++i) {
      if (sql::Database::open(url(""), sql::Access::read_write)) return;
      std::this_thread::sleep_for(std::chrono::milliseconds(100));
    }
    throw std::runtime_error("PostgreSQL does not answer; see " + folder_ + "/log");
  }

  std::string folder_, password_;
  uid_t user_ = 0;
  gid_t group_ = 0;
  int port_ = 0;
  pid_t server_ = -1;
};

}  // namespace stowaway::ledger::testing
