using System.Runtime.InteropServices;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using SQLitePCL;

namespace MfaGateway.Sessions;

/// <summary>
/// The SQLite file: made when it is missing, put aside when it is damaged, and let go when somebody moves or replaces it, because connections go on with the
/// file they opened while new ones would see the other: two truths about who is signed in.
/// </summary>
internal sealed partial class SqliteFile(string path, string schema, ILogger logger) : IDisposable
{
    // sqlite3.h; the meaning of HAS_MOVED: https://www.sqlite.org/c3ref/c_fcntl_begin_atomic_write.html
    private const int HasMovedControl = 20;
    private const int Corrupt = 11;
    private const int NotADatabase = 26;

    private readonly SemaphoreSlim _preparing = new(1, 1);
    private readonly string _connection = new SqliteConnectionStringBuilder { DataSource = path, Mode = SqliteOpenMode.ReadWriteCreate, DefaultTimeout = 5 }.ToString();
    private volatile bool _ready;
    private int _inUse;

    /// <summary>Does something with a connection of its own.</summary>
    public async Task<T> UseAsync<T>(Func<SqliteConnection, Task<T>> work, CancellationToken cancellationToken)
    {
        if (!_ready) await PrepareAsync(cancellationToken);
        Interlocked.Increment(ref _inUse);
        try
        {
            await using var connection = new SqliteConnection(_connection);
            await connection.OpenAsync(cancellationToken);
            if (HasMoved(connection)) throw new IOException($"'{path}' was moved, removed or replaced while it was in use; whatever is there now is opened.");
            return await work(connection);
        }
        catch (Exception e) when (e is IOException || IsDamage(e))
        {
            LetGo();
            throw;
        }
        finally
        {
            Interlocked.Decrement(ref _inUse);
        }
    }

    /// <summary>Makes the file ready. One that is damaged is put aside: without it everybody signs in again, with it nobody could.</summary>
    public async Task PrepareAsync(CancellationToken cancellationToken)
    {
        await _preparing.WaitAsync(cancellationToken);
        try
        {
            if (_ready) return;
            if (Volatile.Read(ref _inUse) > 0) throw new IOException($"'{path}' is opened again as soon as nothing uses the old one.");
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            try
            {
                await OpenAsync(cancellationToken);
            }
            catch (SqliteException e) when (IsDamage(e))
            {
                PutAside();
                logger.StoreDamaged(path, $"{path}.damaged", e.Message);
                await OpenAsync(cancellationToken);
            }

            _ready = true;
        }
        finally
        {
            _preparing.Release();
        }
    }

    public void Dispose()
    {
        LetGo(); // pooled connections would keep the file locked after the host has stopped
        _preparing.Dispose();
    }

    private async Task OpenAsync(CancellationToken cancellationToken)
    {
        CreateForOwnerOnly(path);
        await using var connection = new SqliteConnection(_connection);
        await connection.OpenAsync(cancellationToken);
        await using var command = connection.CreateCommand();
#pragma warning disable CA2100 // a constant of the store
        command.CommandText = schema;
#pragma warning restore CA2100
        await command.ExecuteNonQueryAsync(cancellationToken);
        command.CommandText = "PRAGMA quick_check(1)";
        if (await command.ExecuteScalarAsync(cancellationToken) is string answer and not "ok") throw new SqliteException(answer, Corrupt);
    }

    private void LetGo()
    {
        _ready = false;
        using var connection = new SqliteConnection(_connection);
        SqliteConnection.ClearPool(connection);
    }

    private void PutAside()
    {
        LetGo();
        File.Move(path, $"{path}.damaged", overwrite: true);
        foreach (var beside in new[] { $"{path}-wal", $"{path}-shm" }) File.Delete(beside); // they belong to that file and would spoil the next
    }

    private static bool IsDamage(Exception e) => e is SqliteException { SqliteErrorCode: Corrupt or NotADatabase };

    private static bool HasMoved(SqliteConnection connection) =>
        sqlite3_file_control(connection.Handle!, null, HasMovedControl, out var moved) == 0 && moved != 0;

    /// <summary>Before SQLite opens it: the files beside it take over its permissions.</summary>
    private static void CreateForOwnerOnly(string file)
    {
        if (OperatingSystem.IsWindows()) return;
        const UnixFileMode owner = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        var options = new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.Write, Share = FileShare.ReadWrite, UnixCreateMode = owner };
        using (new FileStream(file, options))
        {
        }

        File.SetUnixFileMode(file, owner);
    }

    [LibraryImport("e_sqlite3", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int sqlite3_file_control(sqlite3 database, string? name, int operation, out int result);
}
