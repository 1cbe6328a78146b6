/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/*
 * A driver in C++: objects that own sockets and IRPs, templates, its own operator new, overloads,
 * and a static callback that finds its object by the context. Datagrams: an event on one side,
 * WskSendTo on the other.
 */
extern "C" {
#include <ntddk.h>
#include <wsk.h>

DRIVER_INITIALIZE DriverEntry;
}

#define POOL_TAG 'ppcC'

void *__cdecl operator new(size_t size) noexcept(false)
{
    return ExAllocatePool2(POOL_FLAG_NON_PAGED, size, POOL_TAG);
}

void __cdecl operator delete(void *memory) noexcept
{
    if (memory)
        ExFreePoolWithTag(memory, POOL_TAG);
}

void __cdecl operator delete(void *memory, size_t) noexcept
{
    operator delete(memory);
}

namespace {

template <typename Object, void (*Release)(Object *)> class Owner {
public:
    explicit Owner(Object *object = nullptr) : object_(object) {}
    ~Owner() { if (object_) Release(object_); }
    Owner(const Owner &) = delete;
    Owner &operator=(const Owner &) = delete;
    Object *get() const { return object_; }
private:
    Object *object_;
};

class Request {
public:
    Request() : irp_(IoAllocateIrp(1, FALSE)) { KeInitializeEvent(&done_, SynchronizationEvent, FALSE); }

    template <typename Function> NTSTATUS call(Function function)
    {
        IoReuseIrp(irp_.get(), STATUS_UNSUCCESSFUL);
        IoSetCompletionRoutine(irp_.get(), completed, this, TRUE, TRUE, TRUE);
        function(irp_.get());
        KeWaitForSingleObject(&done_, Executive, KernelMode, FALSE, nullptr);
        return irp_.get()->IoStatus.Status;
    }
    ULONG_PTR information() const { return irp_.get()->IoStatus.Information; }

private:
    static NTSTATUS NTAPI completed(PDEVICE_OBJECT, PIRP, PVOID context)
    {
        KeSetEvent(&static_cast<Request *>(context)->done_, IO_NO_INCREMENT, FALSE);
        return STATUS_MORE_PROCESSING_REQUIRED;
    }
    Owner<IRP, IoFreeIrp> irp_;
    KEVENT done_;
};

class Client {
public:
    virtual ~Client()
    {
        if (captured_)
            WskReleaseProviderNPI(&registration_);
        if (registered_)
            WskDeregister(&registration_);
    }
    NTSTATUS start()
    {
        static const WSK_CLIENT_DISPATCH dispatch = {MAKE_WSK_VERSION(1, 0), 0, nullptr};
        WSK_CLIENT_NPI npi = {this, &dispatch};
        NTSTATUS status = WskRegister(&npi, &registration_);

        registered_ = NT_SUCCESS(status);
        if (registered_)
            status = WskCaptureProviderNPI(&registration_, WSK_INFINITE_WAIT, &provider_);
        captured_ = NT_SUCCESS(status);
        return status;
    }
    const WSK_PROVIDER_NPI &provider() const { return provider_; }

private:
    WSK_REGISTRATION registration_{};
    WSK_PROVIDER_NPI provider_{};
    bool registered_ = false, captured_ = false;
};

class Datagrams {
public:
    explicit Datagrams(const Client &client) : client_(client)
    {
        KeInitializeEvent(&arrived_, NotificationEvent, FALSE);
    }
    ~Datagrams() { close(); }

    NTSTATUS open(bool listens)
    {
        static const WSK_CLIENT_DATAGRAM_DISPATCH dispatch = {received};
        NTSTATUS status = request_.call([&](PIRP irp) {
            client_.provider().Dispatch->WskSocket(client_.provider().Client, AF_INET, SOCK_DGRAM, IPPROTO_UDP,
                WSK_FLAG_DATAGRAM_SOCKET, this, &dispatch, nullptr, nullptr, nullptr, irp);
        });
        if (!NT_SUCCESS(status))
            return status;
        socket_ = reinterpret_cast<PWSK_SOCKET>(request_.information());
        address_.sin_family = AF_INET;
        address_.sin_addr.s_addr = RtlUlongByteSwap(INADDR_LOOPBACK);
        status = request_.call([&](PIRP irp) {
            table()->WskBind(socket_, reinterpret_cast<PSOCKADDR>(&address_), 0, irp);
        });
        if (NT_SUCCESS(status))
            status = request_.call([&](PIRP irp) {
                table()->WskGetLocalAddress(socket_, reinterpret_cast<PSOCKADDR>(&address_), irp);
            });
        if (!NT_SUCCESS(status) || !listens)
            return status;
        WSK_EVENT_CALLBACK_CONTROL enable = {const_cast<PNPIID>(&NPI_WSK_INTERFACE_ID), WSK_EVENT_RECEIVE_FROM};
        return table()->Basic.WskControlSocket(socket_, WskSetOption, SO_WSK_EVENT_CALLBACK, SOL_SOCKET,
            sizeof(enable), &enable, 0, nullptr, nullptr, nullptr);
    }

    NTSTATUS say(const Datagrams &to)
    {
        CHAR text[] = {'d', 'a', 't', 'a'};
        Owner<MDL, IoFreeMdl> mdl(IoAllocateMdl(text, sizeof(text), FALSE, FALSE, nullptr));
        WSK_BUF buffer = {mdl.get(), 0, sizeof(text)};

        MmBuildMdlForNonPagedPool(mdl.get());
        return request_.call([&](PIRP irp) {
            SOCKADDR_IN remote = to.address_;
            table()->WskSendTo(socket_, &buffer, 0, reinterpret_cast<PSOCKADDR>(&remote), 0, nullptr, irp);
        });
    }

    NTSTATUS wait()
    {
        LARGE_INTEGER timeout;

        timeout.QuadPart = -100000000LL;
        NTSTATUS status = KeWaitForSingleObject(&arrived_, Executive, KernelMode, FALSE, &timeout);
        return status == STATUS_SUCCESS && bytes_ == 4 ? STATUS_SUCCESS : STATUS_IO_TIMEOUT;
    }

    void close()
    {
        if (socket_)
            request_.call([&](PIRP irp) { table()->Basic.WskCloseSocket(socket_, irp); });
        socket_ = nullptr;
    }

private:
    const WSK_PROVIDER_DATAGRAM_DISPATCH *table() const
    {
        return static_cast<const WSK_PROVIDER_DATAGRAM_DISPATCH *>(socket_->Dispatch);
    }
    static NTSTATUS WSKAPI received(PVOID context, ULONG, PWSK_DATAGRAM_INDICATION list)
    {
        auto self = static_cast<Datagrams *>(context);

        for (auto one = list; one; one = one->Next)
            self->bytes_ += one->Buffer.Length;
        if (list)
            KeSetEvent(&self->arrived_, IO_NO_INCREMENT, FALSE);
        return STATUS_SUCCESS;
    }

    const Client &client_;
    Request request_;
    PWSK_SOCKET socket_ = nullptr;
    SOCKADDR_IN address_{};
    KEVENT arrived_;
    SIZE_T bytes_ = 0;
};

Client *client;

NTSTATUS scenario()
{
    Datagrams receiver(*client), sender(*client);
    NTSTATUS status = receiver.open(true);

    if (NT_SUCCESS(status))
        status = sender.open(false);
    if (NT_SUCCESS(status))
        status = sender.say(receiver);
    return NT_SUCCESS(status) ? receiver.wait() : status;
}

} // namespace

extern "C" NTSTATUS NTAPI DriverEntry(PDRIVER_OBJECT driver, PUNICODE_STRING)
{
    client = new Client;
    if (!client)
        return STATUS_INSUFFICIENT_RESOURCES;
    NTSTATUS status = client->start();
    if (NT_SUCCESS(status))
        status = scenario();
    if (!NT_SUCCESS(status)) {
        delete client;
        return status;
    }
    driver->DriverUnload = [](PDRIVER_OBJECT) { delete client; };
    return STATUS_SUCCESS;
}
