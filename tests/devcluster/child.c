/* child.c - the operator as a child of devcluster: started, watched, ended with it. */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kernel/loop.h"
#include "tests/devcluster/devcluster.h"

#define PROGRAM "build/ais-operator"
#define STOP_MS 5000
#define TURN_MS 10

static pid_t child;              /* 0: none, or none that we still wait for */
static void (*child_ended)(int status);

static void
reap(int sig, void *owner)
{
	int status;

	(void)sig;
	(void)owner;
	if (child > 0 && waitpid(child, &status, WNOHANG) == child) {
		child = 0;
		child_ended(status);
	}
}

static void
become(const char *kubeconfig, const char *log)
{
	int fd = open(log, O_WRONLY | O_CREAT | O_TRUNC, 0666);
	sigset_t none;

	prctl(PR_SET_PDEATHSIG, SIGTERM);
	/* ^C at the terminal is for devcluster, which then ends it in order. */
	setpgid(0, 0);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	if (fd >= 0 && dup2(fd, 1) == 1 && dup2(fd, 2) == 2)
		execl(PROGRAM, PROGRAM, "--kubeconfig", kubeconfig, (char *)NULL);
	_exit(127);
}

bool
dev_child_start(const char *kubeconfig, const char *log, void (*ended)(int status))
{
	if (access(PROGRAM, X_OK) != 0) {
		dev_say(PROGRAM " is not there; `make` makes it");
		return false;
	}
	child_ended = ended;
	loop_on_signal(SIGCHLD, reap, NULL);
	fflush(NULL);
	child = fork();
	if (child == 0)
		become(kubeconfig, log);
	return child > 0;
}

void
dev_child_stop(void)
{
	pid_t pid = child;
	int   status;

	if (pid <= 0)
		return;
	child = 0;
	kill(pid, SIGTERM);
	for (int i = 0; i < STOP_MS / TURN_MS; i++) {
		if (waitpid(pid, &status, WNOHANG) != 0)
			return;
		/* It releases its Lease, for which it needs us. */
		loop_turn(TURN_MS);
	}
	kill(pid, SIGKILL);
	waitpid(pid, &status, 0);
}
